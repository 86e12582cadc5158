"""Sixteen turns of Concordia's own wrapper of a local model; run by that environment's interpreter, prints one line of JSON.

The model is called as an entity's act component calls it, with nothing around it: a text of so many tokens, then a choice of
one letter, for which the wrapper writes one token. With random weights that is seldom one of the letters; the wrapper then
raises, after its work is done.
"""
# pyright: basic, reportMissingImports=false

import argparse
import contextlib
import io
import json
import time

from concordia.language_model import language_model, pytorch_gemma_model


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True)
    parser.add_argument("--prompts", required=True)
    parser.add_argument("--tokens", type=int, required=True)
    asked = parser.parse_args()
    import torch

    torch.set_num_threads(1)
    with open(asked.prompts, encoding="utf-8") as file:
        prompts = json.load(file)
    said = io.StringIO()
    unread = 0
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        model = pytorch_gemma_model.PyTorchGemmaLanguageModel(asked.model)
        start = time.process_time()
        for text, choice in prompts:
            model.sample_text(text, max_tokens=asked.tokens, terminators=())
            try:
                model.sample_choice(choice, ["a", "b", "c", "d"])
            except language_model.InvalidResponseError:
                unread += 1
        seconds = time.process_time() - start
    print(json.dumps({"cpu_seconds": seconds, "unread": unread}))


main()
