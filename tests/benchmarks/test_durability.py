"""The benchmark of durability measures what it says, at a tiny size; how fast is no matter here."""

from __future__ import annotations

from benchmarks.catalogue import BENCHMARKS
from benchmarks.measurement import at_most


def test_it_measures_verifying_growth_resuming_and_waiting():
    rows = list(BENCHMARKS["durability"](True))
    assert [row.unit for row in rows] == ["events / s", "times", "s", "%"]
    assert all(row.value is not None for row in rows)
    assert rows[2].target == at_most(2)
