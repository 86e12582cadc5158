"""RunStanding: where a run stands while it goes on, in short lines: how far, how fast, at what cost, and who thinks.

The one idea: everything is read from what is on record and from a clock; the run itself is never asked. So the lines may be
made at any time and from any thread, for a terminal or a notebook, and nothing that happens depends on them.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from gamemaster.record import Spent
from gamemaster.report.terminal import clean
from gamemaster.simulation import Price, Simulation, Step
from gamemaster.simulation.run_budget import price_in
from gamemaster.words import Ask, BadInput, Moment, one_line

__all__ = ["Prices", "RunStanding", "duration"]

Prices = Price | Mapping[str, Price] | None
"""What a million tokens cost: of every model, or by a model's name; None for what the models themselves say."""

_NAMED = 4
"""How many of those who think are named."""
_WINDOW = 10.0
"""Seconds over which speed is measured."""


class RunStanding:
    """Told of a run as a `Progress` is; asked for its lines by whoever shows them. `clock` gives seconds, for tests."""

    def __init__(self, *, prices: Prices = None, clock: Callable[[], float] = time.monotonic) -> None:
        self.total = self.first = self.done = 0
        self.unusable = self.refused = 0
        self._prices = prices
        self._clock = clock
        self._simulation: Simulation | None = None
        self._began = 0.0
        self._asked: Sequence[Ask] = ()
        self._moment: Moment | None = None
        self._before = (0, 0)
        self._samples: deque[tuple[float, int, int]] = deque()
        self._priced: dict[str, Price | None] = {}

    # --- what it is told ---

    def begin(self, simulation: Simulation, steps: int) -> None:
        """The run begins, or goes on, towards `steps` steps."""
        self._simulation, self.total = simulation, steps
        self.first = self.done = (simulation.engine.archive.last_step or 0) if simulation.engine is not None else 0
        self._began = self._clock()
        self._before = self._spent_tokens()
        self._samples.clear()

    def asked(self, moment: Moment, asks: Sequence[Ask]) -> None:
        """A step has begun: these are being asked."""
        self._moment, self._asked = moment, asks

    def step(self, step: Step) -> None:
        """A step has been committed."""
        self.done, self._asked = step.number, ()
        self.unusable += sum(attempt.failed for attempt in step.attempts)
        self.refused += sum(event.kind == "refusal" for event in step.events)

    # --- what it says ---

    @property
    def share(self) -> float:
        """How much is done, 0 to 1."""
        return min(1.0, self.done / self.total) if self.total else 1.0

    def how_far(self) -> str:
        """Step, time left, simulated time."""
        walked, parts = self.done - self.first, [f"step {min(self.done + 1, self.total)} of {self.total}"]
        if walked and self.done < self.total:
            left = (self._clock() - self._began) / walked * (self.total - self.done)
            parts.append(f"{duration(left)} left")
        if self._moment is not None:
            parts.append(str(self._moment))
        return " · ".join(parts)

    def how_fast(self) -> str:
        """Tokens and requests a second, what was spent, and a local model's batches; "" while no model was asked."""
        if self._archive is None or not self._archive.spent:
            return ""
        asked, generated = self._spent_tokens()
        seconds, requests, tokens = self._lately(asked, generated)
        parts: list[str] = []
        if seconds > 0:
            if generated > self._before[1]:
                parts.append(f"{tokens / seconds:,.0f} tokens/s")
            parts.append(f"{requests / seconds:,.1f} requests/s")
        everything = sum(each.prompt_tokens + each.answer_tokens for each in self._spent().values())
        parts.append(f"{asked:,} requests" + (f", {short(everything)} tokens" if everything else ""))
        if (cost := self.cost()) is not None:
            parts.append(f"cost {cost:.4g}")
        if (rows := self._batch()) is not None:
            parts.append(f"{rows:.0f} a batch")
        if self.unusable:
            parts.append(f"{self.unusable} not usable")
        return " · ".join(parts)

    def who_thinks(self) -> str:
        """Those who were asked and have not answered yet; when all have, whose questions are being answered."""
        if not self._asked:
            return "…"
        names = list(dict.fromkeys(ask.agent for ask in self._asked))
        known = () if self._archive is None else self._archive.under_way
        answered = {key.who for key in known if key.component == "actor"}
        waiting = [name for name in names if name not in answered]
        scene = _plain(self._asked[0].scene)
        where = f" ({scene})" if scene else ""
        told = f"; {len(names) - len(waiting)} answered" if len(waiting) < len(names) else ""
        if not waiting and known:
            return f"{_plain(known[-1].who)}: {_plain(known[-1].component)}{told}{where}"
        more = f" and {len(waiting) - _NAMED} more" if len(waiting) > _NAMED else ""
        return f"thinking: {', '.join(map(_plain, waiting[:_NAMED]))}{more}{told}{where}"

    def cost(self) -> float | None:
        """What was spent in money so far, in whatever the prices are in; None where a price is unknown, or all is free."""
        spent = self._spent()
        prices = {name: self._price(name) for name in spent}
        if not spent or any(price is None for price in prices.values()):
            return None
        money = sum(price.of(spent[name]) for name, price in prices.items() if price is not None)
        return money if any(price is not None and (price.prompt or price.generated) for price in prices.values()) else None

    # --- how it knows ---

    @property
    def _archive(self) -> Any:
        engine = None if self._simulation is None else self._simulation.engine
        return None if engine is None else engine.archive

    def _spent(self) -> dict[str, Spent]:
        return {} if self._archive is None else cast("dict[str, Spent]", dict(self._archive.spent))

    def _spent_tokens(self) -> tuple[int, int]:
        """Requests, and tokens generated."""
        spent = self._spent().values()
        return sum(each.calls for each in spent), sum(each.answer_tokens for each in spent)

    def _lately(self, asked: int, generated: int) -> tuple[float, int, int]:
        """Seconds, and what was asked and generated in them: the last ten, or all since the beginning where that is less."""
        now = self._clock()
        self._samples.append((now, asked, generated))
        while len(self._samples) > 2 and now - self._samples[1][0] >= _WINDOW:
            self._samples.popleft()
        since, before = self._began, self._before
        if now - self._samples[0][0] >= _WINDOW:
            since, before = self._samples[0][0], self._samples[0][1:]
        return now - since, asked - before[0], generated - before[1]

    def _price(self, name: str) -> Price | None:
        if isinstance(self._prices, Price):
            return self._prices
        if self._prices is not None and name in self._prices:
            return self._prices[name]
        if name not in self._priced and self._simulation is not None:
            model = next((each for each in self._simulation.models.in_use if each.name == name), None)
            try:
                self._priced[name] = None if model is None else price_in(model)
            except BadInput:  # whoever bounds money is told when the run begins
                self._priced[name] = None
        return self._priced.get(name)

    def _batch(self) -> float | None:
        """How many requests a local model answers together, in the mean over all it generated; None for any other."""
        if self._simulation is None:
            return None
        for model in self._simulation.models.in_use:
            try:
                held: Mapping[str, float] = getattr(model, "statistics", {})
            except RuntimeError:  # it is counting just now
                continue
            batches = held.get("decode_batches", 0)
            if batches:
                return held.get("decode_rows", 0) / batches
        return None


def duration(seconds: float) -> str:
    """Minutes and seconds, as in "1:05"; from an hour on hours too."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def short(count: int) -> str:
    """A count in four characters or so: 950, 12.3k, 4.6M."""
    if count < 10_000:
        return f"{count:,}"
    return f"{count / 1000:.1f}k" if count < 1_000_000 else f"{count / 1_000_000:.1f}M"


def _plain(text: str) -> str:
    return clean(one_line(text))
