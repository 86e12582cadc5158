"""profile_smallville: who somebody is, from a scratch.json of Generative Agents.

The one idea: what that program puts before every prompt of a person (name, age, innate traits, learned traits, what is on
at present, lifestyle, the day's requirement) is the profile. What belongs to the running of it (weights, thresholds, tiles,
the schedule of the day) is left; the memories are imported by `gamemaster.memory.import_smallville`.

Source: Park et al. 2023, "Generative Agents", and its code, github.com/joonspk-research/generative_agents.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gamemaster.components.profile import Profile, profile_of

__all__ = ["is_scratch", "profile_of_scratch"]

_FRAGMENTS = ("currently", "lifestyle", "daily_plan_req")


def is_scratch(value: Mapping[str, Any]) -> bool:
    """Whether this looks like a scratch.json."""
    return "innate" in value and "learned" in value


def profile_of_scratch(value: Mapping[str, Any], where: str) -> Profile:
    """The person in it. The living area is the fact "home"; what is on at present, lifestyle and requirement are fragments."""
    home = value.get("living_area")
    given = {
        "name": value.get("name"),
        "description": value.get("learned") or "",
        "age": value.get("age"),
        "traits": [each.strip() for each in str(value.get("innate") or "").split(",") if each.strip()],
        "facts": {"home": home} if isinstance(home, str) and home else {},
        "fragments": [{"text": value[name], "origin": f"scratch.json: {name}"} for name in _FRAGMENTS if value.get(name)],
        "source": "scratch.json of Generative Agents",
    }
    return profile_of(given, where=where, needs=("name",))
