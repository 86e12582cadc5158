"""The benchmarks by name, in the order of the table."""

from __future__ import annotations

from benchmarks.agent_steps import agent_steps
from benchmarks.concordia_engine import concordia
from benchmarks.concordia_memory import concordia_memory
from benchmarks.durability import durability
from benchmarks.embedder import embedder
from benchmarks.grounding.measured import grounding
from benchmarks.idle_agent import idle_agent
from benchmarks.import_time import import_time
from benchmarks.inference import inference
from benchmarks.measurement import Benchmark
from benchmarks.memory import memory
from benchmarks.recording import recording
from benchmarks.report import report
from benchmarks.riverbend import riverbend
from benchmarks.rounds import rounds
from benchmarks.world_action import world_action

__all__ = ["BENCHMARKS"]

BENCHMARKS: dict[str, Benchmark] = {
    "steps": agent_steps,
    "concordia": concordia,
    "recording": recording,
    "durability": durability,
    "world": world_action,
    "rounds": rounds,
    "import": import_time,
    "idle": idle_agent,
    "embedder": embedder,
    "inference": inference,
    "grounding": grounding,
    "riverbend": riverbend,
    "report": report,
    "memory": memory,
    "concordia_memory": concordia_memory,
}
