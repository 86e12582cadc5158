"""Profile: what is known of a person, as typed data.

The one idea: a person is data first. A profile can be read, written, sampled, compared and checked without an agent, a
prompt or a model; `Persona` is the component that says it in words. It knows no file format.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, TypeAlias, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from gamemaster.words import DefinitionError, UnknownName

__all__ = ["BIG_FIVE", "BigFive", "Consent", "Fragment", "Profile", "Trait", "profile_of"]

Trait: TypeAlias = Literal["openness", "conscientiousness", "extraversion", "agreeableness", "neuroticism"]
"""The five factors of personality, under the names of McCrae & Costa."""

BIG_FIVE: tuple[Trait, ...] = get_args(Trait)

Consent: TypeAlias = Literal["fictional", "given", "withdrawn", "unknown"]
"""Whether there is a real person behind a profile, and whether that person agreed to being simulated."""

_Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


def _stripped(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


_Text = Annotated[str, BeforeValidator(_stripped)]
_Item = Annotated[str, BeforeValidator(_stripped), Field(min_length=1)]


class _Known(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)


class BigFive(_Known):
    """The five factors of personality, each from 0 (lowest) to 1 (highest), 0.5 the average; None where unknown.

    `remarks` are words on a factor: {"openness": "very imaginative"}.
    Source: McCrae & John 1992, "An introduction to the five-factor model and its applications".
    """

    openness: _Share | None = None
    conscientiousness: _Share | None = None
    extraversion: _Share | None = None
    agreeableness: _Share | None = None
    neuroticism: _Share | None = None
    remarks: dict[Trait, _Item] = {}

    @property
    def scores(self) -> dict[Trait, float]:
        """The factors that are known, in the order of their names above."""
        found: dict[Trait, float | None] = {trait: getattr(self, trait) for trait in BIG_FIVE}
        return {trait: score for trait, score in found.items() if score is not None}

    def level(self, trait: Trait, levels: int = 5) -> int | None:
        """Which of `levels` equal parts of 0..1 a factor is in, from 0; None where it is unknown."""
        score: float | None = getattr(self, trait)
        return None if score is None else min(int(score * levels), levels - 1)


class Fragment(_Known):
    """A piece of text about a person, with where it comes from: a file and field, an interview, a page."""

    text: _Item
    origin: _Text = ""


class Profile(_Known):
    """What is known of one person; everything may be left out.

    `traits` are words or sentences on the character, `style` is how the person talks, `routine` what is done regularly,
    `relationships` a sentence on each person known, by name, `facts` whatever else there is ({"home": "Mill Lane 3"}).
    `private` is what nobody else knows: it is shown to the agent itself and stands in no other text. `fragments` are
    texts with their origins. `source` says where all of this comes from, and `consent` whether somebody real is behind
    it who agreed.
    """

    name: _Text = ""
    description: _Text = ""
    age: Annotated[int, Field(ge=0)] | None = None
    nationality: _Text = ""
    occupation: _Text = ""
    traits: tuple[_Item, ...] = ()
    big_five: BigFive = BigFive()
    style: _Text = ""
    goals: tuple[_Item, ...] = ()
    beliefs: tuple[_Item, ...] = ()
    relationships: dict[_Item, _Item] = {}
    routine: tuple[_Item, ...] = ()
    facts: dict[_Item, _Text] = {}
    private: tuple[_Item, ...] = ()
    fragments: tuple[Fragment, ...] = ()
    source: _Text = ""
    consent: Consent = "unknown"

    @property
    def says_nothing(self) -> bool:
        """Whether nothing is known but a name."""
        plain = self.model_dump(exclude_defaults=True, exclude={"name", "source", "consent"})
        return not plain

    @property
    def stated(self) -> dict[str, str]:
        """What can be checked against a text: age, nationality, occupation and facts, as words by name."""
        found = {"age": "" if self.age is None else str(self.age), "nationality": self.nationality, "occupation": self.occupation}
        return {name: value for name, value in {**found, **self.facts}.items() if value}

    def with_fragments(self, fragments: Iterable[Fragment]) -> Profile:
        """The same person with further fragments; one that is there already is not added again."""
        return self.model_copy(update={"fragments": tuple(dict.fromkeys([*self.fragments, *fragments]))})

    def renamed(self, name: str) -> Profile:
        """The same under another name."""
        return self.model_copy(update={"name": name.strip()})

    def described(self, description: str) -> Profile:
        """The same with another description."""
        return self.model_copy(update={"description": description.strip()})


def profile_of(values: Mapping[str, Any], *, where: str, needs: Iterable[str] = ()) -> Profile:
    """The profile of these values. `where` begins the error: the file, or who it is about.

    Raises: UnknownName or DefinitionError that lists every field that is unknown, missing (of `needs`) or wrong.
    """
    known = [*Profile.model_fields]
    unknown = [name for name in values if name not in known]
    if len(unknown) == 1:
        raise UnknownName.of("field of a persona", unknown[0], known, hint=f"({where})")
    problems = [f"unknown fields: {', '.join(map(str, unknown))} (known: {', '.join(known)})"] if unknown else []
    if missing := [name for name in needs if not values.get(name)]:
        problems.append(f"missing fields: {', '.join(missing)}")
    try:
        profile = Profile.model_validate({name: value for name, value in values.items() if name in known})
    except ValidationError as error:
        problems += [_problem(each) for each in error.errors(include_url=False)]
        profile = Profile()
    if problems:
        raise DefinitionError(f"{where}: {'; '.join(problems)}.")
    return profile


def _problem(error: Any) -> str:
    place = ".".join(str(part) for part in error["loc"] if part != "[key]")
    given = error["input"]
    shown = f" is {given!r}" if isinstance(given, str | int | float | bool | None) and len(repr(given)) < 80 else ""
    message = "give a list of texts" if error["type"] == "tuple_type" else error["msg"][:1].lower() + error["msg"][1:]
    return f"{place}{shown}: {message}"
