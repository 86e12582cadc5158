"""turn_for: a turn to try a component with, without a simulation.

The one idea: it is the turn that agents have, over a memory and a model made for the occasion; nothing of it is imitated.
So what a component does here it does in a run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from gamemaster.agent import Circumstances, ComponentTurn, Thinking, remember
from gamemaster.language import Embedder, LanguageModel
from gamemaster.memory import MemoryBank
from gamemaster.testing.hash_embedder import HashEmbedder
from gamemaster.testing.scripted_model import ScriptedModel
from gamemaster.words import ActionSpec, Component, Moment, Observation

__all__ = ["turn_for"]


def turn_for(
    component: Component,
    *,
    agent: str = "Ann",
    model: LanguageModel | None = None,
    memories: Sequence[str | Mapping[str, Any]] = (),
    observations: Sequence[str | Observation] = (),
    sees: str = "",
    sees_data: Mapping[str, Any] | None = None,
    offers: str = "",
    people: Sequence[str] = (),
    spec: ActionSpec | None = None,
    step: int = 1,
    time: float = 0.0,
    start: datetime | None = None,
    seed: int = 0,
    embedder: Embedder | None = None,
) -> ComponentTurn:
    """A turn of `agent`, as `component` sees it: `text = await plan.context(turn_for(plan, memories=["..."]))`.

    `model` answers (by default a `ScriptedModel`; give your own to look at its `requests` afterwards). `memories` are those
    from before, as `Agent` takes them. `observations` are the news of this turn, and remembered too; a text is something
    seen. They are not shown to `component.observe`: await that for what should be. `sees` and `sees_data` are what the
    world shows, `offers` what can be done in it, `people` all names (by default the agent's alone). Memory is searched with
    `embedder`, by default a `HashEmbedder`.

    What the component adds to memory is pending, as during a turn; `turn.memory.store()` stores it.
    """
    moment = Moment(step=step, time=time, start=start)
    memory = MemoryBank(HashEmbedder() if embedder is None else embedder).view(agent)
    remember(memory, memories, where=agent)
    news = [
        Observation(id=f"{step}/observation/{at}", event_id="", to=agent, time=time, how="saw", text=each)
        if isinstance(each, str)
        else each
        for at, each in enumerate(observations)
    ]
    for each in news:
        memory.add(each.sentence, time=each.time, tags=each.tags)
    answering = ScriptedModel() if model is None else model
    circumstances = Circumstances(
        moment=moment,
        run_seed=seed,
        model_for=lambda who, component: answering,
        people=tuple(people) or (agent,),
        sees=lambda who: sees,
        sees_data=lambda who: dict(sees_data or {}),
        offers=lambda who: offers,
    )
    asked = ActionSpec.free() if spec is None else spec
    return Thinking(agent, asked, circumstances, memory=memory, news=tuple(news)).turn(component)
