"""Transmission chain: a text goes from person to person, each retelling from memory what the one before told.

Serial reproduction (Bartlett 1932), as done with language models by Acerbi & Stubbersfield 2023 ("Large language models
show human-like content biases in transmission chain experiments") and Perez et al. 2024 ("When LLMs play the telephone
game"). Whoever has heard the text tells it to those next to them, one step further from the source, on a line, a ring,
a tree or a graph of your own. What one heard is in memory sentence by sentence, and only the latest `span` come to mind.

What is ours: graphs other than lines (one who hears from several retells what came from all of them); on a ring the
first hears the text again at the end, and retells it once more; the limit on memory; and how propositions are counted.

How propositions are counted: each sentence of the source is one. Words between asterisks in the parameter `text` are its
keys; a sentence without any has its words of four letters and more, and its numbers. A proposition is kept when at least
half of its keys are somewhere in the retelling, whatever their ending. So this measures words and not meaning: a
paraphrase without the keys counts as lost, a statement turned into its opposite as kept. The embedding distances (1 -
cosine similarity of whole texts, by the default sentence embedder) see paraphrases, and hardly see who did what to whom.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from math import fsum
from typing import Any, Literal

from pydantic import Field

from gamemaster import (
    ActionSpec,
    Agent,
    GameMaster,
    PolicySpec,
    Run,
    ScenarioParameters,
    Scene,
    Simulation,
    main,
    scenario,
)
from gamemaster.agent import AskModel
from gamemaster.components import Constant, Instructions, Observations
from gamemaster.examples.transmission_chain_parts.policies import POLICIES
from gamemaster.examples.transmission_chain_parts.propositions import kept, plain, sentences_of
from gamemaster.examples.transmission_chain_parts.world import MOST, Telling, Transmission
from gamemaster.words import BadInput, Component, JsonValue, ModelError
from gamemaster.world.parts.network import Network

NAMES = tuple(
    "Alma Boris Celia Dario Edda Felix Gina Henk Ilse Jonas Karla Lutz Mabel Nils Odile Paco Runa Stig Tilda Udo".split()
)
STORY = """\
On a *Tuesday* in *March* a *shepherd* called *Anselm* found a *copper* *kettle* in a *ditch*. \
It was *empty*, but it *hummed* whenever it *rained*. \
He sold it to a *pedlar* for *seven* *silver* pieces. \
The pedlar *carried* it over the *mountains* to *Verona*. \
There a *duchess* heard it and offered *forty* *horses* for it. \
On the way to her *castle* it fell *silent*, for there had been no *rain* in *months*. \
She had the pedlar *locked* in a *tower*. \
He was *freed* when a *storm* came and the kettle *sang* all *night*."""


class Parameters(ScenarioParameters):
    """What may be changed."""

    agents: int = Field(8, ge=2, le=len(NAMES), description="how many people there are")
    shape: Literal["line", "ring", "tree", "graph"] = Field("line", description="who tells whom; graph: as edges says")
    edges: str = Field("", description="of a graph: 1>2 for one way, 1-2 for both, with commas; 1 has the source")
    branching: int = Field(2, ge=1, description="how many each tells in a tree")
    laps: int = Field(1, ge=1, description="how often the text goes round in a ring")
    text: str = Field(STORY, description="the source; *asterisks* mark the words by which its sentences are recognised")
    task: str = Field("Retell the text from memory, as completely as possible.", description="what each is asked to do")
    span: int = Field(40, ge=1, description="how many sentences come to mind, the latest heard")
    distances: bool = Field(True, description="whether embedding distances are among the metrics (loads the embedder)")
    policy: PolicySpec | None = None


def metrics(run: Run) -> dict[str, JsonValue]:
    """What each retelling kept of the source, its length, and how far it is from the source and from what was heard.

    Lists are in the order of the tellings; what ends in `_at_end` is the mean over those that nobody heard or retold.
    """
    parameters = Parameters.model_validate(run.parameters)
    tellings = [Telling.model_validate(each) for each in _list(run.world().get("tellings"))]
    found = [kept(parameters.text, telling.text) for telling in tellings]
    shares = [sum(each) / len(each) for each in found]
    lengths = [len(telling.text.split()) for telling in tellings]
    retold = {(each.teller, each.wave) for each in tellings}
    ends = [at for at, telling in enumerate(tellings) if not any((hearer, telling.wave + 1) in retold for hearer in telling.to)]
    from_source, from_heard = _distances(parameters, tellings)

    def at_end(values: Sequence[float]) -> float | None:
        return fsum(values[at] for at in ends) / len(ends) if ends and values else None

    return {
        "tellers": [telling.teller for telling in tellings],
        "waves": [telling.wave for telling in tellings],
        "kept": list(shares),
        "length": list(lengths),
        "length_of_source": len(plain(parameters.text).split()),
        "distance_to_source": list(from_source) if tellings and from_source else None,
        "distance_to_heard": list(from_heard) if tellings and from_heard else None,
        "kept_by_proposition": [sum(each) / len(found) for each in zip(*found, strict=True)] if found else None,
        "kept_at_end": at_end(shares),
        "length_at_end": at_end(lengths),
        "distance_at_end": at_end(from_source),
    }


def _list(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []


def _distances(parameters: Parameters, tellings: Sequence[Telling]) -> tuple[list[float], list[float]]:
    """1 - cosine similarity of each telling to the source, and to what was heard (the mean over several); to 4 digits."""
    if not parameters.distances or not tellings:
        return [], []
    from gamemaster.language import load_embedder

    source = plain(parameters.text)
    texts = list(dict.fromkeys([source, *(text for each in tellings for text in (each.text, *each.heard))]))
    try:
        vectors = dict(zip(texts, load_embedder().embed(texts), strict=True))
    except ModelError:
        return [], []  # no embedder on this machine: not defined, rather than 0

    def apart(one: str, other: str) -> float:
        alike = fsum(float(a) * float(b) for a, b in zip(vectors[one], vectors[other], strict=True))
        return 0.0 if one == other else round(1 - alike, 4)

    heard = [[apart(each.text, text) for text in each.heard] for each in tellings]
    return [apart(each.text, source) for each in tellings], [round(fsum(each) / len(each), 4) for each in heard]


def steps(parameters: Parameters) -> int:
    """One step for each distance from the source at which somebody retells."""
    network = _network(parameters)
    if parameters.shape == "ring":
        return parameters.laps * parameters.agents + 1
    return 1 + max(network.distances(NAMES[0]).values())


@scenario(
    parameters=Parameters,
    metrics=metrics,
    policies=POLICIES,
    baseline={"policy": "drop:0.1"},
    source="Bartlett 1932; Acerbi & Stubbersfield 2023; Perez et al. 2024",
    steps=steps,
)
def transmission_chain(parameters: Parameters) -> Simulation:
    """A text goes from person to person, each retelling from memory what the one before told."""
    names = NAMES[: parameters.agents]
    network = _network(parameters)
    if not plain(parameters.text):
        raise BadInput("The parameter text is empty; give a text of at least one sentence.")
    if (count := len(sentences_of(plain(parameters.text)))) > MOST:
        raise BadInput(f"The parameter text has {count} sentences; at most {MOST} can be passed on.")
    world = Transmission(
        network=network,
        first=names[0],
        source=plain(parameters.text),
        rounds_of_ring=parameters.laps if parameters.shape == "ring" else 0,
    )
    call = f"{parameters.task} What does {{name}} pass on to those who come next?"

    def next_scene(world: Transmission, past: Sequence[Any]) -> Scene | None:
        tellers = world.tellers()
        asked = ActionSpec.of(Transmission.retell_text, call, tag=f"retelling {world.wave}")
        return Scene("telling", tellers, asked, order="simultaneous") if tellers else None

    return Simulation([_agent(name, parameters) for name in names], GameMaster(world), scenes=next_scene)


def _network(parameters: Parameters) -> Network:
    names = NAMES[: parameters.agents]
    if parameters.edges and parameters.shape != "graph":
        raise BadInput(f"edges are given, and shape={parameters.shape}; edges are for shape=graph.")
    if parameters.shape == "line":
        return Network.line(names)
    if parameters.shape == "ring":
        return Network.ring(names)
    if parameters.shape == "tree":
        return Network.tree(names, parameters.branching)
    network = Network.of_edges(names, parameters.edges)
    if unreached := network.unreached(names[0], names):
        raise BadInput(
            f"Nothing that {names[0]} (1) tells can reach {', '.join(unreached)} along the edges {parameters.edges!r}; "
            "add edges, or have fewer agents."
        )
    return network


def _agent(name: str, parameters: Parameters) -> Agent:
    memory = Observations(last=parameters.span, budget=300 + len(parameters.text) // 2)
    memory.label = "What you were told, sentence by sentence"
    rules = "A text is passed on from person to person. Each is told it once, and retells it to those who come next."
    parts: list[Component] = [
        Instructions(),
        Constant(rules, label="The rules", name="rules", changes="shared", kind="instruction"),
        memory,
    ]
    return Agent(name, parts, actor=AskModel(max_tokens=300 + len(parameters.text) // 3))


if __name__ == "__main__":
    raise SystemExit(main(["run", "transmission_chain", *sys.argv[1:]]))
