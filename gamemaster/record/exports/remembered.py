"""What was remembered at the run's end, and what models were asked, as sheets."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from gamemaster.record.exports.sheet import Sheet, columns
from gamemaster.record.read_rows import change_memories, read_memory
from gamemaster.record.reading import Reading
from gamemaster.record.schema import MEMORIES, MEMORY_CHANGES

__all__ = ["calls", "memories"]

_AT_A_TIME = 20_000
_MEMORY = "id holder text time:real last_access:real importance:real kind tags:names rests_on:names depth:int"
_CALL = (
    "step:int who component what index:int kind model system user answer:said reasoning probabilities:json finish failure "
    "prompt_tokens:int answer_tokens:int"
)


def memories(archive: Reading, agent: str | None = None) -> Sheet:
    """A row a memory as it is at the end, in the order of adding; what was forgotten isn't there.

    Costs a pass over the changes of memories for every 20,000 of them, and the memory of as many.
    """
    held = columns(_MEMORY)

    def rows() -> Iterator[list[Any]]:
        last, connection = archive.last_step, archive.reader()
        upto = -1 if last is None else last
        where, values = ("step <= ?", [upto]) if agent is None else ("step <= ? AND holder = ?", [upto, agent])
        found = map(read_memory, MEMORIES.rows(connection, where, values))
        while chunk := {each.id: each for each in islice(found, _AT_A_TIME)}:
            change_memories(chunk, MEMORY_CHANGES.rows(connection, "step <= ?", (upto,)))
            for each in chunk.values():
                yield [getattr(each, column.name) for column in held]

    return Sheet(name="memories", columns=held, rows=rows())


def calls(archive: Reading, agent: str | None = None) -> Sheet:
    """A row a model call of a committed step, in the order of keys: the two messages of its prompt, and its answer.

    The answer is the text, of a choice the option's words, of an object its value; of one that could not be used, the text
    as it came. Token counts are costs: equal runs may differ in them.
    """

    def rows() -> Iterator[list[Any]]:
        last = archive.last_step
        for each in archive.calls(who=agent):
            if last is None or each.key.step > last:
                return
            key, answer, usage = each.key, each.answer, each.answer.usage
            row: list[Any] = [key.step, key.who, key.component, key.what, key.index, each.kind, each.model]
            said: Any = answer.text
            options = each.parameters.get("options")
            if answer.failure is None and answer.index is not None and options:
                said = options[answer.index]
            elif answer.failure is None and answer.value is not None:
                said = answer.value
            probabilities = None if answer.probabilities is None else list(answer.probabilities)
            row += [each.prompt.system, each.prompt.user, said, answer.reasoning or None, probabilities]
            yield [*row, answer.finish, answer.failure, usage.prompt_tokens, usage.answer_tokens]

    return Sheet(name="calls", columns=columns(_CALL), rows=rows())
