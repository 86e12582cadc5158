"""The archive's schema: every table of `run.sqlite`, and the numbers that say what file it is.

What a step brought stands in tables whose key begins with `step`; `n` is the place within the step, in the order of
application. Prompt sections, schemas and action specs recur, and are stored once, by the digest of their content.
Columns named like the fields of the words hold just these; JSON columns hold JSON text. `calls` and `phases`
alone may hold rows of the step after the last committed one: answers that are on disk before anyone acts on them.
"""

from __future__ import annotations

from gamemaster.record.table import Column, Table

__all__ = [
    "APPLICATION_ID",
    "ASKS",
    "ATTEMPTS",
    "CALLS",
    "CHANGES",
    "DEEDS",
    "DOCUMENTS",
    "EVENTS",
    "FORMAT",
    "GROUNDINGS",
    "KEYFRAMES",
    "MEASURES",
    "MEMORIES",
    "MEMORY_CHANGES",
    "META",
    "METRICS",
    "OBSERVATIONS",
    "PHASES",
    "PROBE_ANSWERS",
    "RECALLS",
    "SECTIONS",
    "STEPS",
    "STEP_TABLES",
    "TABLES",
    "VECTORS",
    "WORK",
]

FORMAT = 4
"""The version of this schema, in `PRAGMA user_version`; `migration` says how an older one becomes this."""
APPLICATION_ID = 0x47616D65
"""What `PRAGMA application_id` says of an archive: "Game"."""

_STEP = Column("step", "int")
_N = Column("n", "int")

META = Table("meta", (Column("key"), Column("value", "json")), ("key",), twice="keep new")
"""format, configuration, environment, status, stopped_by, created, ended; amended, where steps were."""

METRICS = Table("metrics", (Column("name"), Column("value", "json")), ("name",))

DOCUMENTS = Table("documents", (Column("digest"), Column("document", "json")), ("digest",), twice="keep old")
"""Schemas and action specs, by digest."""

SECTIONS = Table(
    "sections",
    (Column("digest"), Column("label"), Column("text"), Column("changes"), Column("kind"), Column("component")),
    ("digest",),
    clustered=False,
    twice="keep old",
)

STEPS = Table(
    "steps",
    (_STEP, Column("time", "real"), Column("scene"), Column("digest"), Column("committed", "real", fact=False)),
    ("step",),
)
"""The committed steps, from 0; `digest` is the link of the hash chain, `committed` the wall clock."""

PHASES = Table(
    "phases",
    (
        _STEP,
        Column("kind"),
        Column("configuration", "json"),
        Column("parent", "json", null=True),
        Column("carry", "json"),
        Column("states", "json"),
        Column("told", "json"),
    ),
    ("step",),
)
"""Phases but the first: a fork or another simulation began with this step. Like `calls` it may hold the step under way."""

ASKS = Table(
    "asks",
    (_STEP, _N, Column("agent"), Column("spec"), Column("hears", "json", null=True), Column("place", null=True), Column("scene")),
    ("step", "n"),
)

CALLS = Table(
    "calls",
    (
        _STEP,
        Column("who"),
        Column("component"),
        Column("what"),
        Column("idx", "int"),
        Column("kind", covered=True),
        Column("name", covered=True),
        Column("sections", "json", covered=True),
        Column("call", covered=True),
        Column("parameters", "json", covered=True),
        Column("seed", "int", covered=True),
        Column("request"),
        Column("answer", "json"),
        Column("failure", null=True),
        Column("model"),
        Column("prompt_tokens", "int", fact=False),
        Column("answer_tokens", "int", fact=False),
        Column("reused_tokens", "int", fact=False),
        Column("asked", "int", fact=False),
        Column("started", "real", fact=False),
        Column("ended", "real", fact=False),
    ),
    ("step", "who", "component", "what", "idx"),
    clustered=False,
)
"""Model calls. Token counts are costs, no facts: what was reused, and who of equal askers was asked, is timing."""

ATTEMPTS = Table(
    "attempts",
    (_STEP, _N, Column("id"), Column("actor"), Column("spec"), Column("answer", "json"), Column("failure", "json", null=True)),
    ("step", "n", "id"),
)

GROUNDINGS = Table(
    "groundings",
    (
        _STEP,
        _N,
        Column("attempt_id"),
        Column("call", "json", null=True),
        Column("confidence", "real", null=True),
        Column("plausible", "bool"),
        Column("reason"),
        Column("then", "json"),
    ),
    ("step", "n"),
)

_OF_DEEDS = ("step", "n", "id", "kind", "actor", "action")

EVENTS = Table(
    "events",
    (
        _STEP,
        _N,
        Column("id"),
        Column("time", "real"),
        Column("kind"),
        Column("actor"),
        Column("text"),
        Column("place", null=True),
        Column("channel"),
        Column("attempt_id", null=True),
        Column("change", "json", null=True),
        Column("witnesses", "json"),
        Column("action", null=True),
        Column("scene"),
    ),
    ("step", "n", "id"),
)

DEEDS = Table("events", tuple(each for each in EVENTS.columns if each.name in _OF_DEEDS), EVENTS.key)
"""The events once more, with no more of them than who did what."""

OBSERVATIONS = Table(
    "observations",
    (
        _STEP,
        _N,
        Column("id"),
        Column("event_id"),
        Column("to"),
        Column("time", "real"),
        Column("how"),
        Column("text"),
        Column("speaker", null=True),
        Column("tags", "json"),
    ),
    ("step", "n", "id"),
)

MEASURES = Table("measures", (_STEP, _N, Column("name"), Column("who"), Column("value", "json")), ("step", "n"))

MEMORIES = Table(
    "memories",
    (
        _STEP,
        _N,
        Column("id"),
        Column("holder"),
        Column("text"),
        Column("time", "real"),
        Column("last_access", "real"),
        Column("importance", "real", null=True),
        Column("kind"),
        Column("tags", "json"),
        Column("rests_on", "json"),
        Column("depth", "int"),
    ),
    ("step", "n"),
)
"""Memories as they were added."""

MEMORY_CHANGES = Table(
    "memory_changes", (_STEP, _N, Column("field"), Column("value", "json"), Column("ids", "json")), ("step", "n")
)
"""What became of memories: `field` has this value from now on for these ids; the field "forgotten" takes them away.

The field "edited" lists edits by hand, {"step", "time", and the fields that changed with their new values}: what they
replace are the memory's versions.
"""

CHANGES = Table(
    "changes", (_STEP, Column("part"), Column("version", "int"), Column("kind"), Column("value", "json")), ("step", "part")
)
"""How a state changed in a step: `kind` is "patch" (JSON Patch, on the state as it was), "state" (the whole), or "gone"."""

KEYFRAMES = Table("keyframes", (_STEP, Column("part"), Column("version", "int"), Column("state", "json")), ("step", "part"))
"""All states at the end of a step; what comes later is in `changes`."""

PROBE_ANSWERS = Table(
    "probe_answers",
    (
        _STEP,
        _N,
        Column("probe"),
        Column("who"),
        Column("question"),
        Column("spec", null=True),
        Column("answer", "json"),
        Column("failure", "json", null=True),
    ),
    ("step", "n"),
)

VECTORS = Table(
    "vectors",
    (Column("embedder"), Column("digest"), Column("text"), Column("vector", "blob"), Column("checksum")),
    ("embedder", "digest"),
    clustered=False,
    twice="keep old",
)
"""Embeddings as little-endian float32, by text and embedder. A cache: it can be made again, and is no fact of the run."""

RECALLS = Table(
    "recalls",
    (
        _STEP,
        Column("who"),
        Column("component"),
        Column("phase"),
        _N,
        Column("query"),
        Column("k", "int", null=True),
        Column("hits", "json"),
        Column("approximate", "bool"),
        Column("checksum"),
    ),
    ("step", "who", "component", "phase", "n"),
    twice="keep old",
)
"""What components recalled, with scores: where an answer came from. It follows from memories, query and embedder."""

WORK = Table(
    "work",
    (
        _STEP,
        Column("who"),
        Column("component"),
        Column("what"),
        Column("idx", "int"),
        Column("queued", "real"),
        Column("worked", "real"),
        Column("rows", "int"),
    ),
    ("step", "who", "component", "what", "idx"),
    twice="keep old",
)
"""What a call took of a model that runs here: seconds that it waited and was worked on, the most rows in a batch of its."""

STEP_TABLES = (
    PHASES,
    ASKS,
    CALLS,
    ATTEMPTS,
    GROUNDINGS,
    EVENTS,
    OBSERVATIONS,
    MEASURES,
    MEMORIES,
    MEMORY_CHANGES,
    CHANGES,
    KEYFRAMES,
    PROBE_ANSWERS,
)
"""The tables that the hash chain covers, in its order."""

TABLES = (META, METRICS, STEPS, DOCUMENTS, SECTIONS, *STEP_TABLES, RECALLS, WORK, VECTORS)
