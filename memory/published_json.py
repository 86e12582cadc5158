"""Reading the JSON files of a published folder: the file's name is in every error."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypeVar, cast

from pydantic import JsonValue, TypeAdapter, ValidationError

from gamemaster.words import MemoryInputError

__all__ = ["read_object", "read_rows"]

Rows = TypeVar("Rows")


def read_object(path: Path) -> dict[str, JsonValue]:
    """The JSON object in a file. Raises: MemoryInputError, naming it, when it is missing, truncated or something else."""
    found = _read(path)
    if not isinstance(found, dict):
        raise MemoryInputError(f"{path} holds a {type(found).__name__}; a JSON object is right. Is it another program's file?")
    return cast("dict[str, JsonValue]", found)


def read_rows(path: Path, form: TypeAdapter[Rows], kind: type) -> Rows:
    """The rows in a file, of this form, in a dict or a list. Raises: MemoryInputError, naming file, row and field."""
    found = _read(path)
    if not isinstance(found, kind):
        wanted = "JSON object" if kind is dict else "JSON list"
        raise MemoryInputError(f"{path} holds a {type(found).__name__}; a {wanted} is right. Is it another program's file?")
    try:
        return form.validate_python(found)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(each) for each in first["loc"])
        raise MemoryInputError(
            f"{path} at {where}: {first['msg']}, and it is {str(first['input'])[:80]!r}. Is it another program's file?"
        ) from error


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except OSError as error:
        raise MemoryInputError(f"{path} can't be read: {error.strerror}. Give the folder of one person.") from error
    except (ValueError, RecursionError) as error:
        raise MemoryInputError(f"{path} is no whole JSON file ({error}); it may be truncated. Fetch it again.") from error
