"""Mixture: several models, or several samples of one, propose; one answer is made of their proposals.

Source: for layers of proposers and an aggregator, Wang et al. 2024, "Mixture-of-Agents Enhances Large Language Model
Capabilities"; for several samples of one model and the answer that most of them give, Wang et al. 2023, "Self-Consistency
Improves Chain of Thought Reasoning in Language Models".
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from gamemaster.language.model import LanguageModel
from gamemaster.language.prompt import Prompt
from gamemaster.language.request import Answer, ChoiceRequest, ObjectRequest, Request, TextRequest, Usage
from gamemaster.language.retried import Retried
from gamemaster.language.together import together
from gamemaster.words import BadInput, Section, derive_seed, one_line, prompt_texts, quote

__all__ = ["Mixture"]


class Mixture:
    """Answers by asking all `models`, `samples` times each, and making one answer of theirs.

    A choice is the option with the highest mean probability where all give probabilities, else the one that most of them
    chose; an object is the value that most of them gave. Ties go to the first proposal, in the order of models and
    samples. Where no value was given twice, and for words, the `aggregator` (by default the first model) answers the same
    question with the proposals before it. With `layers` above 1 the proposers answer again, each seeing the proposals of
    the layer before. Proposals that all agree are the answer at once, with `stop_early`.

    A proposal that can't be used is left out; when none can be, the answer is the first failure. The answer's usage is the
    sum of all. On record is the answer, as that of one model; so a mixture can stand wherever a model can.
    Raises: BadInput for no models, and for samples or layers below 1.
    """

    def __init__(
        self,
        models: Sequence[LanguageModel | str | object],
        *,
        aggregator: LanguageModel | str | object | None = None,
        samples: int = 1,
        layers: int = 1,
        stop_early: bool = True,
    ) -> None:
        from gamemaster.language.load_model import load_model

        if not models:
            raise BadInput("A mixture is given no models; give at least one.")
        if samples < 1 or layers < 1:
            raise BadInput(f"A mixture is given samples={samples} and layers={layers}; both must be at least 1.")
        loaded = [load_model(each) for each in models]
        last = loaded[0] if aggregator is None else load_model(aggregator)
        # Retries belong to the edge: one proposer that can't be reached must not have the others asked again.
        self._models = [each if each.deterministic else Retried(each) for each in loaded]
        self._aggregator = last if last.deterministic else Retried(last)
        self._samples = samples
        self._layers = layers
        self._stop_early = stop_early

    @property
    def name(self) -> str:
        """Who proposes, how often, and who answers."""
        proposers = ", ".join(each.name for each in self._models)
        more = f" x{self._samples}" if self._samples > 1 else ""
        deep = f", {self._layers} layers" if self._layers > 1 else ""
        return f"mixture({proposers}{more}{deep}; {self._aggregator.name})"

    @property
    def deterministic(self) -> bool:
        """Whether all of them are."""
        return all(each.deterministic for each in (*self._models, self._aggregator))

    @property
    def fingerprint(self) -> Mapping[str, str]:
        """What pins each of them."""
        pinned = [json.dumps(dict(each.fingerprint), sort_keys=True) for each in (*self._models, self._aggregator)]
        return {f"model {number}": pin for number, pin in enumerate(pinned)}

    async def answer(self, request: Request) -> Answer:
        """The answer made of the proposals."""
        spent: list[Usage] = []
        proposals: list[Answer] = []
        failed: list[Answer] = []
        for layer in range(self._layers):
            answers = await self._propose(_with_proposals(request, proposals, seed=layer) if layer else request, layer)
            spent += [each.usage for each in answers]
            failed += [each for each in answers if each.failure is not None]
            proposals = [each for each in answers if each.failure is None] or proposals
            if self._stop_early and len(proposals) > 1 and len({_value(request, each) for each in proposals}) == 1:
                break
        if not proposals:
            return replace(failed[0], usage=_sum(spent))
        found = _agreed(request, proposals)
        if found is None:
            found = await self._aggregator.answer(_with_proposals(request, proposals, seed=self._layers))
            spent.append(found.usage)
        return replace(found, usage=_sum(spent))

    async def _propose(self, request: Request, layer: int) -> list[Answer]:
        asked = [
            model.answer(replace(_drawn(request, self._samples), seed=derive_seed(request.seed, "mixture", layer, at, sample)))
            for at, model in enumerate(self._models)
            for sample in range(self._samples)
        ]
        return await together(asked)


def _drawn(request: Request, samples: int) -> Request:
    """The request, at a temperature at which samples differ where there are several of one model."""
    if samples == 1 or request.sampling.temperature > 0:
        return request
    return replace(request, sampling=replace(request.sampling, temperature=0.7))


def _value(request: Request, answer: Answer) -> str:
    """What two proposals have in common when they are the same."""
    if isinstance(request, ChoiceRequest):
        return str(answer.index)
    if isinstance(request, ObjectRequest):
        return json.dumps(answer.value, sort_keys=True)
    return one_line(answer.text)


def _agreed(request: Request, proposals: Sequence[Answer]) -> Answer | None:
    """The answer that follows from the proposals alone; None where somebody has to make one of them."""
    values = [_value(request, each) for each in proposals]
    if len(proposals) == 1 and not isinstance(request, TextRequest):
        return proposals[0]
    if isinstance(request, ChoiceRequest):
        given = [each.probabilities for each in proposals if each.probabilities is not None]
        if len(given) == len(proposals):
            mean = tuple(round(sum(column) / len(given), 6) for column in zip(*given, strict=True))
            best = max(range(len(mean)), key=lambda at: (mean[at], -at))
            return Answer(text=request.options[best], index=best, probabilities=mean)
    most = max(values, key=lambda value: (values.count(value), -values.index(value)))
    if isinstance(request, ChoiceRequest) or values.count(most) > 1:
        return proposals[values.index(most)]
    return None


def _with_proposals(request: Request, proposals: Sequence[Answer], *, seed: int) -> Request:
    """The same question with what was proposed before it."""
    prompt = request.prompt
    texts = prompt_texts(prompt.language)
    said = [_said(request, each) for each in proposals]
    lines = "\n".join([f"{number}. {quote(text)}" for number, text in enumerate(said, start=1)])
    section = Section(label=texts.text("mixture", "proposals"), text=lines, kind="question")
    call = f"{prompt.call}\n{texts.text('mixture', 'aggregate')}"
    asked = Prompt.of([*prompt.sections, section], call, name=prompt.name, language=prompt.language)
    return replace(request, prompt=asked, seed=derive_seed(request.seed, "mixture, with proposals", seed))


def _said(request: Request, answer: Answer) -> str:
    if isinstance(request, ChoiceRequest):
        return request.options[answer.index or 0]
    return json.dumps(answer.value, ensure_ascii=False) if isinstance(request, ObjectRequest) else answer.text


def _sum(usages: Sequence[Usage]) -> Usage:
    return Usage(
        prompt_tokens=sum(each.prompt_tokens for each in usages),
        answer_tokens=sum(each.answer_tokens for each in usages),
        reused_tokens=sum(each.reused_tokens for each in usages),
        asked=sum(each.asked for each in usages),
    )
