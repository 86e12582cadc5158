"""Archives as somebody would make them who means harm: each a change of an honest one, with a name.

Half of what changes values also makes the digests fit again, as anybody can who has the file: so the readers are reached,
and not the chain alone. What would be proof of harm is a canary, a file that must never come to be.
"""

# ruff: noqa: E501, TID251  # a case a line; and pickles are what is fed to the library, never read
from __future__ import annotations

import json
import os
import pickle
import random
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from gamemaster.record.chain import first_digest, step_digest
from gamemaster.record.schema import STEPS, TABLES
from gamemaster.record.seal import seal

Change = Callable[[Path, Path], object]
"""Makes a copy of the honest folder hostile; the second is the canary."""


class _Bomb:
    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> Any:
        return subprocess.getoutput, (f"touch {self.canary}",)


def values(canary: Path) -> dict[str, Any]:
    """What is put where something else belongs."""
    touch = f"touch {canary}"
    return {
        "pickle": pickle.dumps(_Bomb(canary)),
        "pickle text": pickle.dumps(_Bomb(canary), protocol=0).decode("latin-1"),
        "bytes": bytes(range(256)),
        "surrogate": b"\xed\xa0\x80 alone",
        "bad utf-8": b"\xff\xfe\xfa",
        "nothing": None,
        "empty": "",
        "integer": 7,
        "negative": -1,
        "largest": 2**63 - 1,
        "real": 1e308,
        "infinity": float("inf"),
        "sql": f"'; ATTACH '{canary}' AS x; DROP TABLE steps; --",
        "path": "../../../../../../etc/passwd",
        "python": f"__import__('os').system({touch!r})",
        "yaml": f"!!python/object/apply:os.system [{touch!r}]",
        "template": "{0.__class__.__init__.__globals__} {{7*7}} %s %(x)s $(" + touch + ") `" + touch + "`",
        "terminal": "\x1b]0;evil\x07\x1b[2J\u202e\x00 [bold]x[/bold]",
        "markup": f"<script>fetch('file://{canary}')</script>",
        "nan": "NaN",
        "json infinity": '{"text":-Infinity}',
        "overflow": "[1e999]",
        "huge number": '{"text":' + "9" * 6000 + "}",
        "deep": "[" * 200_000 + "]" * 200_000,
        "deep object": '{"a":' * 100_000 + "1" + "}" * 100_000,
        "duplicate keys": '{"text":"a","text":"b","fields":{"a":1,"a":2}}',
        "json surrogate": '"\\ud800"',
        "json list": "[]",
        "json object": "{}",
        "json null": "null",
        "json number": "3",
        "json text": '"x"',
        "json names": "[1,2,null]",
        "reference": '{"$ref":"#"}',
        "reduce": json.dumps({"py/object": "os.system", "__reduce__": [touch], "__class__": "x"}),
        "long": "a" * 3_000_000,
        "wide": json.dumps([[]] * 50_000),
    }


def connect(folder: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(folder / "run.sqlite", isolation_level=None)
    connection.text_factory = bytes
    return connection


def forge(folder: Path) -> None:
    """Make all digests fit what stands there now, as far as they can."""
    connection = sqlite3.connect(folder / "run.sqlite", isolation_level=None)
    try:
        (text,) = connection.execute("SELECT value FROM meta WHERE key = 'configuration'").fetchone()
        digest = first_digest(json.loads(text))
        for step, time, scene, _, _ in connection.execute(f"{STEPS.select} ORDER BY step").fetchall():
            digest = step_digest(connection, step, (step, time, scene), digest)
            connection.execute("UPDATE steps SET digest = ? WHERE step = ?", (digest, step))
        seal(connection)
    except Exception:  # then it stays as it is
        return
    finally:
        connection.close()


def _set(table: str, column: str, value: Any, *, forged: bool, all_rows: bool) -> Change:
    def change(folder: Path, canary: Path) -> None:
        connection = connect(folder)
        where = "" if all_rows else f' WHERE rowid = (SELECT max(rowid) FROM "{table}")'
        names = {name for (name,) in connection.execute(f"SELECT name FROM pragma_table_info('{table}')")}
        if not all_rows and b"step" in names:
            where = f' WHERE step = (SELECT max(step) FROM "{table}")'
        try:
            connection.execute(f'UPDATE OR IGNORE "{table}" SET "{column}" = ?{where}', (value,))
        except sqlite3.Error:  # what the table itself doesn't allow
            connection.execute("UPDATE meta SET value = ? WHERE key = 'status'", ('"hostile"',))
        connection.close()
        if forged:
            forge(folder)

    return change


def value_changes(canary: Path, seed: int) -> list[tuple[str, Change]]:
    """Every value in every column, in an order drawn from `seed`, so that the first few are of all kinds."""
    draw = random.Random(seed)
    columns = [(table.name, column.name) for table in TABLES for column in table.columns]
    found: list[tuple[str, Change]] = []
    held = list(values(canary).items())
    for table, column in columns:
        for name, value in draw.sample(held, len(held)):
            forged, all_rows = draw.random() < 0.6, draw.random() < 0.3
            label = f"{table}.{column} = {name}{', forged' if forged else ''}{', everywhere' if all_rows else ''}"
            found.append((label, _set(table, column, value, forged=forged, all_rows=all_rows)))
    draw.shuffle(found)
    return found


def _sql(*statements: str, forged: bool = False) -> Change:
    def change(folder: Path, canary: Path) -> None:
        connection = sqlite3.connect(folder / "run.sqlite", isolation_level=None)
        connection.execute("PRAGMA writable_schema=ON")
        for statement in statements:
            connection.execute(statement.replace("CANARY", str(canary)))
        connection.close()
        if forged:
            forge(folder)

    return change


def _configuration(**changes: Any) -> Change:
    def change(folder: Path, canary: Path) -> None:
        connection = sqlite3.connect(folder / "run.sqlite", isolation_level=None)
        (text,) = connection.execute("SELECT value FROM meta WHERE key = 'configuration'").fetchone()
        held = json.loads(text)
        for path, value in changes.items():
            *above, last = path.split("__")
            here = held
            for each in above:
                here = here[each]
            here[last] = value(folder, canary) if callable(value) else value
        connection.execute("UPDATE meta SET value = ? WHERE key = 'configuration'", (json.dumps(held),))
        connection.close()
        forge(folder)

    return change


def _script(folder: Path, canary: Path) -> str:
    """A scenario's file that is in the archive and leaves the canary when it is run."""
    file = folder / "evil.py"
    file.write_text(f"from pathlib import Path\nPath({str(canary)!r}).touch()\n")
    return str(file)


def _relative_script(folder: Path, canary: Path) -> str:
    return os.path.relpath(_script(folder, canary))


def _yaml(folder: Path, canary: Path) -> str:
    file = folder / "evil.yaml"
    file.write_text(f"!!python/object/apply:os.system ['touch {canary}']\n")
    return str(file)


def _model_folder(folder: Path, canary: Path) -> str:
    """A model's folder that brings its own code, and weights that are a pickle."""
    model = folder / "model"
    model.mkdir()
    (model / "config.json").write_text('{"auto_map": {"AutoModelForCausalLM": "evil.Evil"}, "model_type": "evil"}')
    (model / "evil.py").write_text(f"from pathlib import Path\nPath({str(canary)!r}).touch()\n")
    (model / "pytorch_model.bin").write_bytes(pickle.dumps(_Bomb(canary)))
    return f"hf:{model}"


def _file(make: Change) -> Change:
    return make


def _link(name: str, target: str) -> Change:
    def change(folder: Path, canary: Path) -> None:
        path = folder / name
        victim = folder.parent / "victim"
        victim.write_bytes(b"somebody else's file\n" * 1000)
        if name == "run.sqlite":
            path.rename(folder / "elsewhere.sqlite")
        path.unlink(missing_ok=True)
        path.symlink_to(target.replace("VICTIM", str(victim)).replace("CANARY", str(canary)))

    return change


def _super_journal(folder: Path, canary: Path) -> None:
    """A journal, as if a commit had been cut short, that names a file which SQLite would delete."""
    victim = str(folder.parent / "victim").encode()
    (folder.parent / "victim").write_bytes(b"somebody else's file\n" * 1000)
    page = (folder / "run.sqlite").read_bytes()[:8192]
    head = bytes.fromhex("d9d505f920a163d7") + (0).to_bytes(4, "big") + bytes(4) + (1).to_bytes(4, "big")
    head += (512).to_bytes(4, "big") + len(page).to_bytes(4, "big")
    checksum = sum(victim) & 0xFFFFFFFF
    tail = (2**32 // 8192).to_bytes(4, "big") + victim + len(victim).to_bytes(4, "big") + checksum.to_bytes(4, "big")
    (folder / "run.sqlite-journal").write_bytes(head.ljust(512, b"\0") + tail + bytes.fromhex("d9d505f920a163d7"))


def _sparse(name: str, size: int) -> Change:
    def change(folder: Path, canary: Path) -> None:
        with (folder / name).open("ab") as stream:
            stream.truncate(size)

    return change


def _patched(*places: tuple[int, bytes]) -> Change:
    def change(folder: Path, canary: Path) -> None:
        with (folder / "run.sqlite").open("r+b") as stream:
            for at, content in places:
                stream.seek(at)
                stream.write(content)

    return change


def _other_database(*statements: str) -> Change:
    def change(folder: Path, canary: Path) -> None:
        (folder / "run.sqlite").unlink()
        connection = sqlite3.connect(folder / "run.sqlite", isolation_level=None)
        for statement in statements:
            connection.execute(statement)
        connection.close()

    return change


def _replaced(content: bytes) -> Change:
    return lambda folder, canary: (folder / "run.sqlite").write_bytes(content)


def _scrambled_pages(seed: int) -> Change:
    """Pages that point at others, or at themselves: cells, counts and pointers at random."""

    def change(folder: Path, canary: Path) -> None:
        draw = random.Random(seed)
        file = bytearray((folder / "run.sqlite").read_bytes())
        pages = len(file) // 8192
        for _ in range(draw.randint(1, 6)):
            page = draw.randrange(1, pages) * 8192
            kind = draw.randrange(4)
            if kind == 0:  # another kind of page
                file[page] = draw.choice([2, 5, 10, 13, 0, 255])
            elif kind == 1:  # the count of cells, and where they begin
                file[page + 3 : page + 8] = draw.randbytes(5)
            elif kind == 2:  # where cells lie
                file[page + 8 : page + 40] = draw.randbytes(32)
            else:  # a page where another belongs
                other = draw.randrange(1, pages) * 8192
                file[page : page + 8192] = file[other : other + 8192]
        (folder / "run.sqlite").write_bytes(file)

    return change


SCHEMA: list[tuple[str, Change]] = [
    ("a trigger", _sql("CREATE TRIGGER t AFTER INSERT ON meta BEGIN SELECT writefile('CANARY', 'x'); END")),
    ("a trigger on update", _sql("CREATE TRIGGER t BEFORE UPDATE ON meta BEGIN DELETE FROM events; END")),
    ("a view", _sql("CREATE VIEW v AS SELECT load_extension('CANARY')")),
    ("a view in place of a table", _sql("DROP TABLE metrics", "CREATE VIEW metrics AS SELECT readfile('/etc/passwd') AS name, 1 AS value")),
    ("an index with code", _sql("CREATE INDEX i ON events(lower(text))")),
    ("a partial index", _sql("CREATE INDEX i ON events(text) WHERE text LIKE '%a%'")),
    ("a virtual table", _sql("CREATE VIRTUAL TABLE f USING fts5(x)")),
    ("an r-tree", _sql("CREATE VIRTUAL TABLE f USING rtree(id, a, b)")),
    ("another table", _sql('CREATE TABLE "x; DROP TABLE steps; --" (a)')),
    ("a table of a strange name", _sql("CREATE TABLE \"'); SELECT load_extension('CANARY'); --\" (a)")),
    ("a generated column", _sql("ALTER TABLE events ADD COLUMN evil TEXT GENERATED ALWAYS AS (hex(randomblob(9))) VIRTUAL")),
    ("one more column", _sql("ALTER TABLE events ADD COLUMN evil TEXT DEFAULT 'x'")),
    ("a table without its key", _sql("DROP TABLE metrics", "CREATE TABLE metrics (name TEXT, value TEXT)")),
    ("a schema of other words", _sql("UPDATE sqlite_schema SET sql = 'CREATE TABLE steps (a)' WHERE name = 'steps'")),
    ("a schema that is no SQL", _sql("UPDATE sqlite_schema SET sql = 'hello' WHERE name = 'steps'")),
    ("a schema without an end", _sql("UPDATE sqlite_schema SET sql = substr(sql, 1, 30) WHERE name = 'steps'")),
    ("a page that is nowhere", _sql("UPDATE sqlite_schema SET rootpage = 99999999 WHERE name = 'steps'")),
    ("two tables on one page", _sql("UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'meta') WHERE name = 'steps'")),
    ("a table that is the schema", _sql("UPDATE sqlite_schema SET rootpage = 1 WHERE name = 'steps'")),
    ("tables of each other", _sql("UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'events') WHERE name = 'observations'")),
    ("a version of tomorrow", _sql("PRAGMA user_version=2147483647")),
    ("a version below zero", _sql("PRAGMA user_version=-5")),
    ("no version", _sql("PRAGMA user_version=0")),
    ("another application", _sql("PRAGMA application_id=1")),
    ("no tables", _other_database("CREATE TABLE a (b)")),
    ("only a header", _other_database("PRAGMA application_id=1198615909", "PRAGMA user_version=2")),
    ("UTF-16", _other_database("PRAGMA encoding='UTF-16'", "PRAGMA application_id=1198615909", "PRAGMA user_version=2", "CREATE TABLE meta (key, value)")),
    ("no bytes", _replaced(b"")),
    ("a pickle", _replaced(pickle.dumps([1, 2, 3]))),
    ("a zip", _replaced(b"PK\x03\x04" + bytes(1000))),
    ("random bytes", _replaced(random.Random(1).randbytes(100_000))),
    ("zeros", _replaced(bytes(100_000))),
    ("a header and zeros", _replaced(b"SQLite format 3\x00" + bytes(100_000))),
]  # fmt: skip
HEADER: list[tuple[str, Change]] = [
    (f"byte {at} of the header is {value}", _patched((at, bytes([value]))))
    for at in (16, 17, 18, 19, 20, 21, 22, 23, 28, 31, 32, 36, 40, 44, 47, 52, 56, 59, 63, 95, 100, 103, 105, 108)
    for value in (0, 1, 255)
]
STEPS_AND_COUNTS: list[tuple[str, Change]] = [
    ("a step far away", _sql("UPDATE steps SET step = 9223372036854775807 WHERE step = (SELECT max(step) FROM steps)")),
    ("a step before the first", _sql("UPDATE steps SET step = -1 WHERE step = 0")),
    ("no steps", _sql("DELETE FROM steps")),
    ("rows of a step to come", _sql("UPDATE events SET step = step + 1000000")),
    ("calls of a step to come", _sql("UPDATE calls SET step = step + 1000000")),
    ("a keyframe to come", _sql("UPDATE keyframes SET step = step + 7")),
    ("no keyframe", _sql("DELETE FROM keyframes", forged=True)),
    ("no changes", _sql("DELETE FROM changes", forged=True)),
    ("no world", _sql("DELETE FROM keyframes WHERE part = 'world'", "DELETE FROM changes WHERE part = 'world'", forged=True)),
    ("a world that is a list", _sql("UPDATE keyframes SET state = '[]' WHERE part = 'world'", forged=True)),
    ("a world without fields", _sql("UPDATE keyframes SET state = '{\"fields\":[1]}' WHERE part = 'world'", forged=True)),
    ("a world of another shape", _sql("UPDATE keyframes SET state = '{\"fields\":{},\"agenda\":[],\"now\":0,\"people\":[]}' WHERE part = 'world'", forged=True)),
    ("states of nobody", _sql("UPDATE keyframes SET part = 'agent/Nobody/x' WHERE part = 'clock'", forged=True)),
    ("a state of a strange part", _sql("UPDATE keyframes SET part = '../../x' WHERE part = 'clock'", forged=True)),
    ("a clock that isn't one", _sql("UPDATE keyframes SET state = '{\"time\":\"noon\"}' WHERE part = 'clock'", forged=True)),
    ("a schedule that isn't one", _sql("UPDATE keyframes SET state = '{\"round\":\"first\",\"at\":{}}' WHERE part = 'schedule'", forged=True)),
    ("patches from everywhere", _sql("UPDATE changes SET kind = 'patch', value = '[{\"op\":\"move\",\"from\":\"\",\"path\":\"/a/b\"}]'", forged=True)),
    ("patches that copy themselves", _sql("UPDATE changes SET kind = 'patch', value = '[" + ",".join(['{\\"op\\":\\"copy\\",\\"from\\":\\"\\",\\"path\\":\\"/x\\"}'.replace("\\", "")] * 40) + "]'", forged=True)),
    ("patches that are no patches", _sql("UPDATE changes SET kind = 'patch', value = '[{\"op\":\"exec\",\"path\":7}]'", forged=True)),
    ("patches of nothing", _sql("UPDATE changes SET kind = 'patch', value = '[1, null, []]'", forged=True)),
    ("changes of no kind", _sql("UPDATE changes SET kind = 'gone', value = 'null'", forged=True)),
    ("many versions", _sql("UPDATE keyframes SET version = 4611686018427387904", forged=True)),
    ("a memory of itself", _sql("UPDATE memories SET rests_on = json_array(id)", forged=True)),
    ("no meta", _sql("DELETE FROM meta")),
    ("no configuration", _sql("DELETE FROM meta WHERE key = 'configuration'")),
    ("meta without end", _sql("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) INSERT INTO meta SELECT 'k' || i, '1' FROM n")),
    ("many metrics", _sql("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) INSERT INTO metrics SELECT 'k' || i, '1' FROM n", forged=True)),
    ("many events", _sql("WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) INSERT INTO events SELECT step, n.i, '1/event/' || n.i, time, kind, actor, text, place, channel, attempt_id, change, witnesses, action, scene FROM (SELECT * FROM events WHERE step = 1 LIMIT 1), n", forged=True)),
    ("ids that are paths", _sql("UPDATE events SET id = '../../' || id, attempt_id = '/etc/passwd'", forged=True)),
    ("ids that are code", _sql("UPDATE events SET id = '__import__(\"os\").system(\"touch CANARY\")/event/' || n", forged=True)),
    ("ids of observations that are none", _sql("UPDATE observations SET id = 'x'", forged=True)),
    ("a section that names itself", _sql("UPDATE sections SET text = digest")),
    ("documents of each other", _sql("UPDATE documents SET document = json_object('$ref', digest)")),
    ("specs of another kind", _sql("UPDATE asks SET spec = 'no such digest'", forged=True)),
]  # fmt: skip
CONFIGURATIONS: list[tuple[str, Change]] = [
    ("a scenario that is a file in the archive", _configuration(scenario__name=_script)),
    ("a scenario that is a file near by", _configuration(scenario__name=_relative_script)),
    ("a scenario that is YAML", _configuration(scenario__name=_yaml)),
    ("a scenario that is a module", _configuration(scenario__name="os")),
    ("a scenario above", _configuration(scenario__name="../commons")),
    ("a scenario of no name", _configuration(scenario__name=None)),
    ("a scenario that is a number", _configuration(scenario__name=7)),
    ("a scenario that is a list", _configuration(scenario__name=["commons"])),
    ("no scenario", _configuration(scenario=[])),
    ("parameters that are a list", _configuration(scenario__parameters=[1])),
    ("parameters that are none", _configuration(scenario__parameters={"__class__": "x", "no such": 1})),
    ("a policy that is code", _configuration(scenario__parameters__policy="__import__('os').system('touch CANARY')")),
    ("a policy that is a path", _configuration(scenario__parameters__policy="../evil:main")),
    ("a model that is a folder", _configuration(model=_model_folder)),
    ("a model that is a path", _configuration(model="hf:/etc/passwd")),
    ("a model that is a number", _configuration(model=7)),
    ("models for all", _configuration(models={"*": "hf:../x"})),
    ("a seed that is a text", _configuration(seed="x")),
    ("a seed that is huge", _configuration(seed=10**300)),
    ("no agents", _configuration(order=[], agents={})),
    ("agents that are a text", _configuration(order="Kate", agents="Kate")),
    ("agents that are numbers", _configuration(order=[1, 2])),
    ("one agent many times", _configuration(order=["Kate"] * 1000)),
    ("a game master that is a text", _configuration(game_master="x")),
    ("a start that is no time", _configuration(start="yesterday")),
    ("a start that is a number", _configuration(start=7)),
    ("a language that is a path", _configuration(language="../../etc")),
]
FILES: list[tuple[str, Change]] = [
    ("the file is a link", _link("run.sqlite", "elsewhere.sqlite")),
    ("the file is a link to a device", _link("run.sqlite", "/dev/zero")),
    ("the file is a link to itself", _link("run.sqlite", "run.sqlite")),
    ("the log is a link", _link("run.sqlite-wal", "VICTIM")),
    ("the log's index is a link", _link("run.sqlite-shm", "VICTIM")),
    ("the journal is a link", _link("run.sqlite-journal", "VICTIM")),
    ("the lock is a link", _link("run.lock", "VICTIM")),
    ("the lock is a link to nothing", _link("run.lock", "CANARY")),
    ("the log is a link to nothing", _link("run.sqlite-wal", "CANARY")),
    ("the file is a folder", _file(lambda folder, canary: ((folder / "run.sqlite").unlink(), (folder / "run.sqlite").mkdir()))),
    ("the file is a pipe", _file(lambda folder, canary: ((folder / "run.sqlite").unlink(), os.mkfifo(folder / "run.sqlite")))),
    ("the log is a pipe", _file(lambda folder, canary: os.mkfifo(folder / "run.sqlite-wal"))),
    ("the lock is a pipe", _file(lambda folder, canary: ((folder / "run.lock").unlink(missing_ok=True), os.mkfifo(folder / "run.lock")))),
    ("the lock is a folder", _file(lambda folder, canary: ((folder / "run.lock").unlink(missing_ok=True), (folder / "run.lock").mkdir()))),
    ("a journal that names a file", _super_journal),
    ("a journal of random bytes", _file(lambda folder, canary: (folder / "run.sqlite-journal").write_bytes(random.Random(2).randbytes(9999)))),
    ("a log of random bytes", _file(lambda folder, canary: (folder / "run.sqlite-wal").write_bytes(random.Random(3).randbytes(99999)))),
    ("a file of a terabyte", _sparse("run.sqlite", 2**40)),
    ("a log of a terabyte", _sparse("run.sqlite-wal", 2**40)),
]  # fmt: skip
HUGE: list[tuple[str, Change]] = [
    ("a text of 90 MB", _sql("UPDATE events SET text = CAST(zeroblob(90000000) AS TEXT) WHERE step = 1")),
    ("bytes of 90 MB", _sql("UPDATE vectors SET vector = zeroblob(90000000)", "UPDATE meta SET value = zeroblob(90000000) WHERE key = 'pinned'")),
    ("JSON of 9 MB", _sql("UPDATE attempts SET answer = '[' || replace(hex(zeroblob(3000000)), '00', '[],') || '1]' WHERE step = 1 AND n = 0", forged=True)),
    ("a state of 90 MB", _sql("UPDATE keyframes SET state = CAST(zeroblob(90000000) AS TEXT)")),
    ("many rows", _sql("WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 150000) INSERT INTO events SELECT step, n.i, '1/event/' || n.i, time, kind, actor, text, place, channel, attempt_id, change, witnesses, action, scene FROM (SELECT * FROM events WHERE step = 1 LIMIT 1), n")),
]  # fmt: skip


def cases(canary: Path, *, most: int) -> Iterator[tuple[str, Change]]:
    """`most` cases, those by hand first."""
    by_hand = [*SCHEMA, *STEPS_AND_COUNTS, *CONFIGURATIONS, *FILES, *HEADER]
    by_hand += [(f"scrambled pages {seed}", _scrambled_pages(seed)) for seed in range(100)]
    yield from [*by_hand, *value_changes(canary, 11)][:most]
