"""Models: which language model answers whom, each wrapped once, so that every call is recorded under its key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from gamemaster.language import Budget, LanguageModel, Limited, Once, Retried, load_model
from gamemaster.record import Archive, Recorded
from gamemaster.words import BadInput, DefinitionError, UnknownName

__all__ = ["ModelChoice", "Models"]

ModelChoice = Any
"""A name for `load_model`, a LanguageModel, or a LangChain chat model object."""


class Models:
    """Answers "who asks whom": a model for each (agent, component), from the most to the least particular name.

    `models` maps "Ann.plan", "*.plan", "Ann" or "Ann.*" to a model, and is looked at in this order; then comes the agent's
    own, then `default`.
    """

    def __init__(
        self,
        default: ModelChoice,
        models: Mapping[str, ModelChoice],
        own: Mapping[str, LanguageModel | None],
        *,
        embedder: Any = None,
    ) -> None:
        self._default = default
        self._named = dict(models)
        self._own = dict(own)
        self._embedder = embedder
        self._loaded: dict[Any, LanguageModel] = {}
        self._stacks: dict[int, LanguageModel] = {}
        self._chosen: dict[tuple[str, str], LanguageModel] = {}
        self._onces: list[Once] = []
        self._archive: Archive | None = None
        self._budget: dict[str, Any] = {}
        self._concurrent: int | None = None
        self._instead: LanguageModel | None = None
        self._rehearsing: LanguageModel | None = None

    def check(self, agents: Mapping[str, frozenset[str]]) -> None:
        """Raises: UnknownName for a name in `models` that fits no agent or component; DefinitionError for one that means all."""
        for name in self._named:
            if name in agents:
                continue
            if name in ("*", "*.*"):
                raise DefinitionError(f"models={{{name!r}: …}} means everybody; give that model to the simulation as `model`.")
            agent, dot, component = name.rpartition(".") if "." in name else (name, "", "")
            if agent != "*" and agent not in agents:
                raise UnknownName.of("agent", agent, agents, hint=f"(in models={{{name!r}: …}})")
            known = set[str]().union(*(parts for each, parts in agents.items() if agent in ("*", each)))
            if dot and component != "*" and component not in known:
                raise UnknownName.of("component", component, known, hint=f"(in models={{{name!r}: …}})")

    def admit(self, agent: str, model: LanguageModel | None) -> None:
        """Know an agent that has come later, and its own model."""
        self._own[agent] = model

    def open(self, archive: Archive, *, concurrent: int | None = None, budget: Mapping[str, Any] | None = None) -> None:
        """From now on record every call in this archive, with at most `concurrent` requests in flight at a model."""
        self._archive, self._concurrent, self._budget = archive, concurrent, dict(budget or {})
        self._stacks.clear()
        self._chosen.clear()
        self._onces.clear()

    def plain(self, agent: str, component: str) -> LanguageModel:
        """The model itself, without its wrappers."""
        for name in (f"{agent}.{component}", f"*.{component}", agent, f"{agent}.*"):
            if name in self._named:
                return self._load(self._named[name])
        own = self._own.get(agent)
        return own if own is not None else self._load(self._default)

    def __call__(self, agent: str, component: str) -> LanguageModel:
        """The model for this component of this agent, with its wrappers."""
        if self._instead is not None:
            return self._instead
        known = self._chosen.get((agent, component))
        if known is None:
            plain = self.plain(agent, component)
            known = self._stacks.get(id(plain))
            if known is None:
                known = self._stacks[id(plain)] = self._stack(plain)
            self._chosen[agent, component] = known
        return known

    def around(self, model: LanguageModel) -> LanguageModel:
        """A model, or a tool, of a component's own, with the wrappers that every model of the run has."""
        if self._instead is not None:
            return self._instead
        asked = self._rehearsing or model
        stack = self._stacks.get(id(asked))
        if stack is None:
            stack = self._stacks[id(asked)] = self._stack(asked)
        return stack

    def rehearse_with(self, model: LanguageModel) -> None:
        """Have this one answer for the models and tools that components bring along too: a rehearsal calls none of them."""
        self._rehearsing = model

    def answer_by(self, model: LanguageModel) -> None:
        """Have this one answer for everybody, as it is, with no wrapper; none of the others is loaded."""
        self._instead = model

    def _load(self, choice: ModelChoice) -> LanguageModel:
        if isinstance(choice, str):
            if choice not in self._loaded:
                options = {"embedder": self._embedder} if choice == "embedded" and self._embedder is not None else {}
                self._loaded[choice] = load_model(choice, **options)
            return self._loaded[choice]
        if id(choice) not in self._loaded:
            self._loaded[id(choice)] = load_model(choice)
        return self._loaded[id(choice)]

    def _stack(self, model: LanguageModel) -> LanguageModel:
        if self._archive is None:
            raise BadInput("A model is asked before the run has begun.")
        asked = model if model.deterministic else Retried(model)
        if self._concurrent is not None:
            asked = Limited(asked, concurrent=self._concurrent)
        once = Once(asked)
        self._onces.append(once)
        recorded = Recorded(once, self._archive)
        return Budget(recorded, **self._budget) if self._budget else recorded

    def new_step(self) -> None:
        """Forget the answers of the last step."""
        for once in self._onces:
            once.new_step()

    def statistics(self) -> dict[str, dict[str, float]]:
        """What the models that run here and count did so far, by name; of those that are loaded."""
        given: list[Any] = [self._default, *self._named.values(), *self._own.values(), *self._loaded.values()]
        found: dict[str, dict[str, float]] = {}
        for model in given:
            counted = getattr(model, "statistics", None)
            if isinstance(counted, Mapping):
                found[str(model.name)] = dict(cast("Mapping[str, float]", counted))
        return found

    @property
    def all_chosen(self) -> list[LanguageModel]:
        """Every model that somebody may be answered by, without its wrappers; those named are loaded now."""
        found = [self._load(self._default), *(self._load(each) for each in self._named.values())]
        return [*found, *(each for each in self._own.values() if each is not None)]

    @property
    def in_use(self) -> list[LanguageModel]:
        """The models that have been loaded so far, without their wrappers."""
        found: list[LanguageModel] = []
        for model in [*self._loaded.values(), *(each for each in self._own.values() if each is not None)]:
            if all(model is not each for each in found):
                found.append(model)
        return found
