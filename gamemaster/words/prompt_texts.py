"""PromptTexts: the sentences that the library itself puts into prompts, in one language and one perspective.

The one idea: a prompt text stands in a file by language and component, `gamemaster/prompts/<language>/<component>.toml`,
and is asked for by its name, so that a study in another language, or in other words, is a folder and no change of code.
What scenarios say (premises, calls, the sentences of a world's actions) is theirs and does not stand here.

A value in a file is a text; a table with a text for each perspective (`you`, and `name` for the third person by name);
or a list of texts. `{name}` in a text is a placeholder; a value put in is never looked through for placeholders again.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast, get_args

from gamemaster.words.action_spec import WHAT_NEXT, ActionSpec
from gamemaster.words.errors import DefinitionError, UnknownName
from gamemaster.words.event import Observation
from gamemaster.words.moment import Moment
from gamemaster.words.quote import one_line, quote

if TYPE_CHECKING:
    from gamemaster.words.component import Component

__all__ = ["LANGUAGES", "PROMPTS", "Perspective", "PromptTexts", "prompt_texts"]

Perspective: TypeAlias = Literal["you", "name"]
"""Whether prompts speak to the agent as "you" or of it in the third person, by name."""

PROMPTS = Path(__file__).parent.parent / "prompts"
"""The folder of the sets that come with the library, one folder a language."""

LANGUAGES: tuple[str, ...] = ("en", "ja")
"""The languages that come with the library, each whole."""

SHARED = ("actor", "answer", "game_master", "moment", "observation", "question")
"""The files that don't belong to one component."""

SET = "set"
"""The file of a folder of one's own that says what its set stands on."""

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")

Entry: TypeAlias = "str | list[str] | dict[str, str]"
Tables: TypeAlias = Mapping[str, Mapping[str, Entry]]


class PromptTexts:
    """The texts of one set. Make it with `prompt_texts`.

    `language` is as it was asked for: a language's code, or the path of a folder.
    """

    def __init__(self, tables: Tables, *, language: str = "en", perspective: Perspective = "you") -> None:
        self.language = language
        self.perspective: Perspective = perspective
        self._tables = tables
        self._files: dict[type[Any], str] = {}
        self._labels: dict[tuple[type[Any], str], str] = {}

    def __repr__(self) -> str:
        return f"PromptTexts({self.language!r}, perspective={self.perspective!r})"

    def digest(self, components: Iterable[Component] = ()) -> str:
        """16 hexadecimal digits that are other for other texts or another perspective.

        Of the texts that these components use, and of those that every run does.
        """
        files = sorted({*SHARED, *map(self.file_of, components)})
        whole = repr((self.perspective, [(file, sorted(self._tables.get(file, {}).items())) for file in files]))
        return blake2b(whole.encode(), digest_size=8).hexdigest()

    # --- texts by file and name ---

    def text(self, file: str, name: str, /, **values: object) -> str:
        """The text `name` of `file`, filled in. Raises: UnknownName when there is none; DefinitionError for a list."""
        entry = self._entry(file, name)
        if isinstance(entry, list):
            raise DefinitionError(f"The prompt text {file}.{name} ({self.language}) is a list; ask for it with `texts`.")
        return self._filled(entry, f"{file}.{name}", values)

    def texts(self, file: str, name: str, /, **values: object) -> tuple[str, ...]:
        """The list of texts `name` of `file`, each filled in."""
        entry = self._entry(file, name)
        if not isinstance(entry, list):
            raise DefinitionError(f"The prompt text {file}.{name} ({self.language}) is no list; ask for it with `text`.")
        return tuple([self._filled(each, f"{file}.{name}", values) for each in entry])

    def has(self, file: str, name: str) -> bool:
        """Whether there is such a text."""
        return name in self._tables.get(file, ())

    def _entry(self, file: str, name: str) -> Entry:
        try:
            return self._tables[file][name]
        except KeyError:
            known = [f"{file}.{each}" for each in self._tables.get(file, ())]
            raise UnknownName.of("prompt text", f"{file}.{name}", known, hint=f"(language {self.language!r})") from None

    def _filled(self, entry: str | dict[str, str], where: str, values: Mapping[str, object]) -> str:
        template = entry if isinstance(entry, str) else entry[self.perspective]

        def put_in(match: re.Match[str]) -> str:
            try:
                return str(values[match[1]])
            except KeyError:
                given = ", ".join(sorted(values)) or "nothing"
                raise DefinitionError(
                    f"The prompt text {where} ({self.language}) has the placeholder {match[0]}, for which there is no value; "
                    f"there is: {given}."
                ) from None

        return _PLACEHOLDER.sub(put_in, template) if "{" in template else template

    # --- texts of a component ---

    def file_of(self, component: Component | type[Component]) -> str:
        """The file that a component's texts stand in: that of its class, or of the nearest class it is made from."""
        kind: type[Component] = component if isinstance(component, type) else type(component)
        file = self._files.get(kind)
        if file is None:
            names = [str(each.__dict__["texts_file"]) for each in kind.__mro__ if "texts_file" in each.__dict__]
            file = self._files[kind] = next((name for name in names if name in self._tables), names[0])
        return file

    def of(self, component: Component, name: str, /, **values: object) -> str:
        """A component's text `name`, filled in; from its class's `texts` where no file has it."""
        file = self.file_of(component)
        if not self.has(file, name) and name in component.texts:
            return self._filled(component.texts[name], f"{type(component).__name__}.texts[{name!r}]", values)
        return self.text(file, name, **values)

    def label(self, component: Component, name: str) -> str:
        """The heading of a section of `name`'s: the one the component was given, else that of its file, else of its class."""
        own = component.__dict__.get("label")
        if own:
            return own
        kind, text = type(component), component.label_text
        label = self._labels.get((kind, text))
        if label is None:
            file = self.file_of(kind)
            entry = self._entry(file, text) if self.has(file, text) else kind.label
            label = self._labels[kind, text] = entry[self.perspective] if isinstance(entry, dict) else str(entry)
        return self._filled(label, f"{type(component).__name__}.label", {"name": name}) if "{" in label else label

    # --- what is asked, times and observations ---

    def call(self, spec: ActionSpec, *, name: str, time: str) -> str:
        """What `spec` asks of `name`; `time` stands where it speaks of the time."""
        return self.text("actor", "what_next", name=name) if spec.call == WHAT_NEXT else spec.question(name=name, time=time)

    def moment(self, moment: Moment) -> str:
        """A point of simulated time in words."""
        if moment.start is None:
            return self.text("moment", "day_and_clock", day=moment.day, clock=moment.clock)
        date = moment.calendar
        return self.text(
            "moment",
            "date_and_clock",
            weekday=self.texts("moment", "weekdays")[date.weekday()],
            day=date.day,
            month=self.texts("moment", "months")[date.month - 1],
            year=date.year,
            clock=moment.clock,
        )

    def stamp(self, now: Moment, time: float) -> str:
        """The clock time of something past, with the day when it isn't today."""
        return _stamp(self, now.start, time, now.day)

    def stamped(self, now: Moment, past: Iterable[tuple[float, str]]) -> list[str]:
        """A line for each (time, text), with its time before it: "[08:10] Ann waves."."""
        start, today = now.start, now.day
        return [f"[{_stamp(self, start, time, today)}] {text}" for time, text in past]

    def sentence(self, observation: Observation) -> str:
        """What is remembered of an observation: somebody's words stand as a quotation, on one line."""
        if observation.speaker is None:
            return one_line(observation.text)
        return self.text("observation", "said", speaker=observation.speaker, words=quote(observation.text))

    # --- what is there ---

    def missing(self, files: Iterable[str] = ()) -> list[str]:
        """The texts that the English set has and this one lacks, in these files or in all: "file.name", sorted."""
        wanted = _tables_of("en")
        names = sorted(set(files) & set(wanted)) if files else sorted(wanted)
        return [f"{file}.{name}" for file in names for name in wanted[file] if not self.has(file, name)]

    def check_whole(self, components: Iterable[Component]) -> None:
        """See that everything these components and the library itself need is there.

        Raises: DefinitionError that lists what is missing.
        """
        lacking = self.missing()
        if self.language not in LANGUAGES[:1]:
            for component in components:
                file = self.file_of(component)
                lacking += [f"{file}.{name}" for name in component.texts if not self.has(file, name)]
        if lacking:
            raise DefinitionError(
                f"The prompt texts of {self.language!r} lack {len(lacking)}: {', '.join(dict.fromkeys(lacking))}. "
                "`gamemaster prompts --export DIR` writes the whole English set; add these to your files."
            )


def prompt_texts(language: str = "en", perspective: Perspective = "you") -> PromptTexts:
    """The set of a language that comes with the library, or of a folder of one's own.

    A folder holds files like the library's own; its file `set.toml` may say `base = "ja"`, the set whose texts stand
    where the folder has none (English by default), or `base = ""`: then the folder must be whole.
    Raises: UnknownName for a language that is neither, or a setting that there isn't; DefinitionError for a file that can't
    be read, and for a placeholder that the same text in English doesn't have.
    """
    if perspective not in get_args(Perspective):
        raise DefinitionError(f"perspective={perspective!r}; it is 'you' or 'name'.")
    return _prompt_texts(language, perspective)


@lru_cache(maxsize=4096)
def _stamp(texts: PromptTexts, start: datetime | None, time: float, today: int) -> str:
    then = Moment(step=0, time=time, start=start)
    return then.clock if then.day == today else texts.text("moment", "past_day", day=then.day, clock=then.clock)


@lru_cache(maxsize=32)
def _prompt_texts(language: str, perspective: Perspective) -> PromptTexts:
    return PromptTexts(_tables_of(language), language=language, perspective=perspective)


@lru_cache(maxsize=16)
def _tables_of(language: str) -> Tables:
    if language in LANGUAGES:
        return _read(PROMPTS / language)
    folder = Path(language)
    if not folder.is_dir():
        raise UnknownName.of("language of prompts", language, LANGUAGES, hint="(and it is no folder of prompt texts either)")
    own = dict(_read(folder))
    settings = own.pop(SET, {})
    for name in settings:
        if name != "base":
            raise UnknownName.of("setting of a set of prompt texts", name, ["base"], hint=f"({folder / SET}.toml)")
    base = settings.get("base", "en")
    if not isinstance(base, str) or base not in ("", *LANGUAGES):
        raise DefinitionError(f"{folder / SET}.toml: base = {base!r}; it is one of {', '.join(LANGUAGES)}, or empty.")
    _check_placeholders(folder, own)
    tables = dict(_tables_of(base)) if base else {}
    for file, table in own.items():
        tables[file] = {**tables.get(file, {}), **table}
    return tables


def _check_placeholders(folder: Path, own: Tables) -> None:
    """See that the library's texts ask for no value that the library doesn't give, at once and not in the middle of a run."""
    english = _tables_of("en")
    for file, table in own.items():
        for name, entry in table.items():
            if name in english.get(file, ()):
                known = {"name", "time"} | _placeholders(english[file][name])
                wrong = sorted(_placeholders(entry) - known)
                if wrong:
                    raise DefinitionError(
                        f"{folder / file}.toml: {name} has the placeholder {{{wrong[0]}}}; there is "
                        f"{', '.join(f'{{{each}}}' for each in sorted(known))}."
                    )


def _placeholders(entry: Entry) -> set[str]:
    texts = [entry] if isinstance(entry, str) else entry.values() if isinstance(entry, dict) else entry
    return {found for text in texts for found in _PLACEHOLDER.findall(text)}


def _read(folder: Path) -> dict[str, dict[str, Entry]]:
    tables: dict[str, dict[str, Entry]] = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            table = tomllib.loads(path.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise DefinitionError(f"{path}: {error}.") from None
        tables[path.stem] = {name: _entry(path, name, value) for name, value in table.items()}
    return tables


def _entry(path: Path, name: str, value: Any) -> Entry:
    if isinstance(value, str):
        return value.strip("\n")
    if isinstance(value, list) and all(isinstance(each, str) for each in cast("list[Any]", value)):
        return cast("list[str]", value)
    if isinstance(value, dict) and sorted(cast("dict[str, Any]", value)) == sorted(get_args(Perspective)):
        forms = cast("dict[str, Any]", value)
        if all(isinstance(each, str) for each in forms.values()):
            return {form: cast("str", text).strip("\n") for form, text in forms.items()}
    raise DefinitionError(f"{path}: {name} is {value!r}; it is a text, a list of texts, or a text for each of `you` and `name`.")
