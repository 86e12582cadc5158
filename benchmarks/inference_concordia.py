"""The same sixteen turns, a text and a choice each, by Concordia's wrapper of a local model and by the library's model.

Concordia 2.1.0 is the last release for Python 3.11, and so can use this environment's own torch and transformers: both sides
compute with the same libraries, on the same saved weights. Its wrapper writes one token for a choice and doesn't say how
likely the others were; the library scores each option to its end. That difference is in Concordia's favour.
"""

from __future__ import annotations

import asyncio
import json
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.concordia_engine import Environment, Unavailable
from benchmarks.inference_saved import save_small_model
from benchmarks.measurement import Measurement
from gamemaster.language import ChoiceRequest, Sampling, TextRequest, load_model
from gamemaster.language.prompt import Prompt
from gamemaster.words import CallKey, Section

__all__ = ["concordia_turns"]

_FOLDER = Path(__file__).parent / ".environments" / "concordia-2.1.0-local"
_SCRIPT = Path(__file__).with_name("inference_concordia_script.py")
_OPTIONS = ("mend the weir", "clear the ditch", "wait for rain", "call a meeting")
_GROUND = (
    "The valley has a mill, an orchard and a ferry, and whoever lives in it depends on all three. Water is let into the "
    "meadows by turns, and the turns are settled in the hall. "
)


def concordia_turns(quick: bool, within: Environment | None = None) -> Iterator[Measurement]:
    """CPU time of sixteen agents' turns in the wrapper, as a multiple of the library's."""
    agents, tokens = (2, 4) if quick else (16, 32)
    what = f"{agents} agents' turns of a text and a choice, against Concordia 2.1.0's PyTorchGemmaLanguageModel"
    try:
        place = _environment(within)
        with tempfile.TemporaryDirectory() as scratch:
            folder = save_small_model(Path(scratch) / "model", quick=quick)
            prompts = Path(scratch) / "prompts.json"
            prompts.write_text(json.dumps([_said(number) for number in range(agents)]), encoding="utf-8")
            theirs = place.run(_SCRIPT, "--model", str(folder), "--prompts", str(prompts), "--tokens", str(tokens))
            ours = _ours(folder, agents, tokens)
    except Unavailable as reason:
        yield Measurement(what=what, value=None, unit="x", note=f"not run: {reason}")
        return
    note = (
        f"{theirs['cpu_seconds']:.2f} s against {ours:.2f} s; its choices are one written token "
        f"({theirs['unread']:.0f} of {agents} unreadable), ours the probability of each of 4 options"
    )
    yield Measurement(what=what, value=theirs["cpu_seconds"] / ours, unit="x", note=note)


def _environment(given: Environment | None) -> Environment:
    """Concordia in an environment that sees this one's packages behind its own."""
    if given is None and sys.version_info[:2] != (3, 11):
        raise Unavailable("Concordia 2.1.0 is compared on Python 3.11, whose torch and transformers it shares")
    place = given or Environment(version="2.1.0", interpreter=sys.executable, folder=_FOLDER)
    place.ensure()
    own = place.folder / "lib" / "python3.11" / "site-packages"
    if own.is_dir():
        (own / "behind.pth").write_text(f"{sysconfig.get_paths()['purelib']}\n", encoding="utf-8")
    return place


def _ours(folder: Path, agents: int, tokens: int) -> float:
    model: Any = load_model(f"hf:{folder}", device="cpu", chat=False)

    async def turns() -> None:
        await asyncio.gather(*(_turn(model, number, tokens) for number in range(agents)))

    start = time.process_time()
    asyncio.run(turns())
    return time.process_time() - start


async def _turn(model: Any, number: int, tokens: int) -> None:
    name = f"Neighbour {number}"
    sections = [
        Section(label="The valley", text=_GROUND * 6, changes="shared"),
        Section(label="Who you are", text=_persona(number), changes="own"),
    ]

    def key(what: str) -> CallKey:
        return CallKey(step=1, who=name, component="actor", what=what, index=0)

    prompt = Prompt.of(sections, "What do you say to the others about the water?", name=name)
    sampling = Sampling(temperature=0, max_tokens=tokens)
    await model.answer(TextRequest(prompt=prompt, key=key("say"), seed=0, sampling=sampling))
    asked = Prompt.of(sections, "What should be done first?", name=name)
    await model.answer(ChoiceRequest(prompt=asked, key=key("choose"), seed=0, options=_OPTIONS))


def _said(number: int) -> tuple[str, str]:
    ground = f"# The valley\n{_GROUND * 6}\n\n# Who you are\n{_persona(number)}\n\n"
    letters = "\n".join(f"({letter}) {option}" for letter, option in zip("abcd", _OPTIONS, strict=True))
    return (
        f"{ground}What do you say to the others about the water?\n\nAnswer:",
        f"{ground}What should be done first?\n{letters}\nAnswer: (",
    )


def _persona(number: int) -> str:
    return (
        f"Neighbour {number} has lived in the valley for {10 + number} years and keeps {number % 7 + 1} hives of bees. "
        f"Last spring the ditch behind house {number} ran over twice, and nobody came to look at it until the third day."
    )
