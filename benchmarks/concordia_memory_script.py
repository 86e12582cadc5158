"""Concordia's associative memory at the tasks of `concordia_memory.py`. Runs in an environment of its own.

It prints one line of JSON, of CPU seconds. The embedder looks up the vectors that it is given, so that it costs nothing.
"""
# pyright: basic, reportMissingImports=false

import argparse
import gc
import json
import time
from importlib.metadata import version

import numpy as np
from concordia.associative_memory import basic_associative_memory

K = 10


def seconds(call):
    """CPU seconds of a call."""
    gc.collect()
    began = time.process_time()
    call()
    return time.process_time() - began


def median(call, tries):
    """The median CPU seconds of `call(n)`; the first doesn't count."""
    call(0)
    return sorted(seconds(lambda at=at: call(at)) for at in range(1, tries + 1))[tries // 2]


def measure(vectors, queries, agents, tries):
    """CPU seconds of each task."""
    known = {f"memory {at}": row for at, row in enumerate(vectors)}
    known.update({f"query {at}": row for at, row in enumerate(queries)})

    def memory(texts=()):
        bank = basic_associative_memory.AssociativeMemoryBank(sentence_embedder=lambda text: known[text])
        bank.extend(texts)
        bank.retrieve_recent(1)  # what waits to be added is added
        return bank

    texts = [f"memory {at}" for at in range(len(vectors))]
    bank = memory()
    found = {"add": seconds(lambda: (bank.extend(texts), bank.retrieve_recent(1)))}
    found["recall"] = median(lambda at: bank.retrieve_associative(f"query {at}", K), tries)
    known.update({f"new {at}": vectors[at] for at in range(tries + 1)})
    found["turn"] = median(lambda at: (bank.add(f"new {at}"), bank.retrieve_associative(f"query {at}", K)), tries)
    found["many"] = seconds(lambda: [bank.retrieve_associative(f"query {at}", K) for at in range(agents)])
    own = [memory(texts[at::agents]) for at in range(agents)]
    found["own"] = median(lambda _: [each.retrieve_associative(f"query {at}", K) for at, each in enumerate(own)], 3)
    held = []
    found["save"] = seconds(lambda: held.append(bank.get_state()))
    other = memory()
    found["load"] = seconds(lambda: other.set_state(held[0]))
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("vectors")
    parser.add_argument("queries")
    parser.add_argument("--agents", type=int, required=True)
    parser.add_argument("--tries", type=int, required=True)
    asked = parser.parse_args()
    arrays = [np.load(path, allow_pickle=False) for path in (asked.vectors, asked.queries)]
    found = measure(arrays[0], arrays[1], asked.agents, asked.tries)
    print(json.dumps({"version": version("gdm-concordia"), **found}))
