"""A run in which every text that a page may show tries to be more than text."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Any

from gamemaster.language import Answer, ChoiceRequest, Prompt, TextRequest
from gamemaster.record import (
    Archive,
    CallRecord,
    Measure,
    MemoryChange,
    ProbeAnswer,
    RecalledMemory,
    RecallRecord,
    StepRecord,
)
from gamemaster.simulation.loop import run_plain
from gamemaster.words import (
    ActionCall,
    ActionSpec,
    Ask,
    Attempt,
    CallKey,
    Event,
    Failure,
    Grounding,
    MemoryRecord,
    Observation,
    Section,
)

__all__ = ["ATTACKS", "attacked_run"]

_RUN = "window.attacked=1"
_PAYLOADS = (
    f"<script>{_RUN}</script>",
    f"</script><script>{_RUN}</script>",
    f"<!--<script>{_RUN}",
    f"--><script>{_RUN}</script>",
    f"<img src=x onerror={_RUN}>",
    f"<svg onload={_RUN}>",
    f"<svg><script>{_RUN}</script></svg>",
    f"<svg><animate onbegin={_RUN} attributeName=x dur=1s>",
    f"<math><mtext><script>{_RUN}</script></mtext></math>",
    f"<a href=javascript:{_RUN}>here</a>",
    f"javascript:{_RUN}",
    f"data:text/html,<script>{_RUN}</script>",
    f'<iframe srcdoc="<script>parent.{_RUN}</script>"></iframe>',
    f"<object data=javascript:{_RUN}></object>",
    f"<embed src=javascript:{_RUN}>",
    f"<details open ontoggle={_RUN}>",
    f"<input autofocus onfocus={_RUN}>",
    f"<body onload={_RUN}>",
    f"<marquee onstart={_RUN}>",
    f"<video><source onerror={_RUN}></video>",
    "<style>*{display:none}</style>",
    "<link rel=stylesheet href=http://127.0.0.1:1/a.css>",
    "<meta http-equiv=refresh content=0;url=http://127.0.0.1:1/>",
    "<base href=http://127.0.0.1:1/>",
    "<form action=http://127.0.0.1:1/><button>go</button></form>",
    f"<template><script>{_RUN}</script></template>",
    f"<noscript><p title='</noscript><script>{_RUN}</script>'>",
    "&lt;script&gt;&#60;b&#62;",
    f"${{{_RUN}}} {{{{{_RUN}}}}}",
    f"#/event/<script>{_RUN}</script>",
    f"line\u2028{_RUN}//\u2029{_RUN}",
    "\u202emorf thgir ot tfel\u202c \u2066hidden\u2069",
    "\x00\x07\x1b[31m\x1b]0;title\x07\x7f\x9b",
    "zero\u200bwidth\ufeff\u00adsoft\u200ejoined\u2060",
    "\ud800 lone \udfff halves",
    "__proto__",
    "constructor",
    "toString",
)
_AROUND = ("{}", '"{}"', "'>{}", "</textarea>{}", "</title></style>{}", "{}\u202e`")

ATTACKS: tuple[str, ...] = tuple(dict.fromkeys(shape.format(each) for shape in _AROUND for each in _PAYLOADS))
"""More than two hundred texts."""

_OPTIONS = ("<b>yes</b>", "<i>no</i>")
_NAMES = (ATTACKS[0], ATTACKS[4], "__proto__", ATTACKS[31])


def attacked_run(folder: Path) -> None:
    """Write a run in which all of `ATTACKS` stand in each text of an event, an observation, a memory, a prompt and the rest."""
    first, second = _NAMES[:2]
    configuration = {
        "scenario": {"name": ATTACKS[1], "parameters": {each: each for each in ATTACKS[:20]}},
        "seed": 1,
        "language": ATTACKS[2],
        "start": None,
        "model": ATTACKS[0],
        "models": {ATTACKS[3]: ATTACKS[4]},
        "order": list(_NAMES),
        "agents": {name: {"components": [[each, each] for each in ATTACKS[:8]], "actor": "x", "model": None} for name in _NAMES},
        "game_master": {"name": ATTACKS[5], "world": ATTACKS[6]},
        "schedule": ATTACKS[7],
    }
    with Archive.create(folder, configuration=configuration, environment={"packages": {ATTACKS[8]: ATTACKS[9]}}) as archive:
        world: dict[str, Any] = {each: {"deep": {each: each}, "list": [each]} for each in ATTACKS}
        state: dict[str, Any] = {"fields": world, "agenda": [], "now": 0.0, "people": list(_NAMES)}
        run_plain(archive.commit(StepRecord(step=0, scene=ATTACKS[0], states={"world": (1, state)})))
        for step in (1, 2):
            run_plain(_step(archive, step, first, second))
        archive.set_metrics({each: each for each in ATTACKS})
        archive.finish("finished", stopped_by=ATTACKS[1])


async def _step(archive: Archive, step: int, first: str, second: str) -> None:
    for n, text in enumerate(ATTACKS):
        await archive.record_call(_call(step, n, text, first))
    numbers = count()
    kinds: tuple[Any, ...] = ("act", "speech", "refusal", "narration", "intervention", "effect", "failure")
    events = [
        Event(
            id=f"{step}/event/{n}",
            step=step,
            time=60.0 * step,
            kind=kinds[n % len(kinds)],
            actor=first,
            text=text,
            place=text,
            channel=text,
            attempt_id=f"{step}/attempt/0",
            change=[{"op": "replace", "path": "/" + text.replace("~", "~0").replace("/", "~1"), "value": text}],
            witnesses=_NAMES,
            action=text,
            scene=text,
        )
        for n, text in enumerate(ATTACKS)
    ]
    memories = [
        MemoryRecord(
            id=f"{step}/memory/{n}", holder=first, text=text, time=1.0, last_access=1.0, kind="observation", tags=(text,)
        )
        for n, text in enumerate(ATTACKS)
    ]
    hits = [RecalledMemory(id=each.id, relevance=1, recency=1, importance=1, cosine=1) for each in memories]
    await archive.commit(
        StepRecord(
            step=step,
            time=60.0 * step,
            scene=ATTACKS[step],
            asks=[Ask(first, ActionSpec.free(ATTACKS[0]), None, ATTACKS[1], ATTACKS[2])],
            attempts=[
                Attempt(id=f"{step}/attempt/0", step=step, actor=first, spec=ActionSpec.free(ATTACKS[0]), answer=list(ATTACKS)),
                Attempt(
                    id=f"{step}/attempt/1",
                    step=step,
                    actor=second,
                    spec=ActionSpec.free(ATTACKS[0]),
                    failure=Failure(kind="invalid", reason=ATTACKS[0], raw="\n".join(ATTACKS)),
                ),
            ],
            groundings=[
                Grounding(
                    attempt_id=f"{step}/attempt/0",
                    call=ActionCall(action=ATTACKS[0], arguments={each: each for each in ATTACKS}),
                    reason=ATTACKS[1],
                )
            ],
            events=events,
            observations=[
                Observation(
                    id=f"{step}/observation/{next(numbers)}",
                    event_id=event.id,
                    to=second,
                    time=1.0,
                    how="heard",
                    text=f"{event.text} {event.text}",
                    speaker=first,
                    tags=(event.text,),
                )
                for event in events
            ],
            measures=[Measure(name=each, value=each, who=first) for each in ATTACKS[:40]],
            memories=memories,
            memory_changes=[
                MemoryChange(id=memories[0].id, field="edited", value=[{"step": step, "time": 1.0, "text": ATTACKS[-1]}])
            ],
            states={f"agent/{first}/{ATTACKS[1]}": (1, {each: each for each in ATTACKS[:50]})},
            probe_answers=[ProbeAnswer(probe=ATTACKS[0], who=first, question=each, answer=each) for each in ATTACKS],
            recalls=[
                RecallRecord(who=first, component=ATTACKS[1], phase="act", n=0, query=" ".join(ATTACKS), k=None, hits=tuple(hits))
            ],
        )
    )


def _call(step: int, n: int, text: str, who: str) -> CallRecord:
    sections = [Section(label=text, text=text, changes="always", kind="other", component=text)]
    prompt = Prompt.of(sections, text, name=who)
    key = CallKey(step, who, "actor", f"act/{text}", n)
    if n % 2:
        answer = Answer(text=text, index=0, probabilities=(0.9, 0.1), failure=text if n % 3 == 0 else None, reasoning=text)
        return CallRecord(request=ChoiceRequest(prompt=prompt, key=key, seed=1, options=_OPTIONS), answer=answer, model=text)
    return CallRecord(
        request=TextRequest(prompt=prompt, key=key, seed=1, answer_prefix=text), answer=Answer(text=text), model=text
    )
