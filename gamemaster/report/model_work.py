"""model_work: what the models that run here did in a run, in words: tokens, batches, seconds, memory.

The one idea: the sums are on record when a run ends, and each call's own share in the table `work`; this only says them so that
two runs, or two machines, can be compared.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["model_work"]

_KINDS = ("prefill", "choices", "decode", "paged", "plain")


def model_work(statistics: Mapping[str, float], *, seconds: float | None = None) -> list[tuple[str, str]]:
    """(what, value) for each thing known, in a fixed order; `seconds` is how long it all took, for rates."""
    told: list[tuple[str, str]] = []

    def count(name: str) -> float:
        return statistics.get(name, 0)

    prompt, reused, answer = count("prompt_tokens"), count("reused_tokens"), count("answer_tokens")
    told.append(("requests", f"{count('requests'):,.0f}"))
    if count("repeats"):
        told.append(("of them equal to another one", f"{count('repeats'):,.0f}"))
    told.append(("prompt tokens", f"{prompt:,.0f}" + (f", {reused / prompt:.0%} of them reused" if prompt else "")))
    told.append(("tokens generated", f"{answer:,.0f}"))
    if count("scored_tokens"):
        told.append(("option tokens scored", f"{count('scored_tokens'):,.0f}"))
    computed, padded = count("computed_tokens"), count("padded_tokens")
    if computed:
        share = padded / (computed + padded) if computed + padded else 0
        told.append(("tokens computed", f"{computed:,.0f} in {count('passes'):,.0f} passes, and {share:.0%} padding"))
    for kind in _KINDS:
        batches, rows = count(f"{kind}_batches"), count(f"{kind}_rows")
        if batches:
            spent = count(f"{kind}_seconds")
            told.append((f"{kind}", f"{batches:,.0f} batches of {rows / batches:.1f} rows, {spent:,.2f} s"))
    if count("requests"):
        told.append(("queued", f"{count('queued_seconds') / count('requests'):.3f} s a request"))
    if seconds:
        told.append(("tokens generated a second", f"{answer / seconds:,.1f}"))
    if count("most_memory_bytes"):
        told.append(("memory at its most", f"{count('most_memory_bytes') / 2**20:,.0f} MiB"))
    if count("prefix_bytes"):
        told.append(("prefixes kept", f"{count('prefix_bytes') / 2**20:,.1f} MiB"))
    if count("halved"):
        told.append(("batches halved for want of memory", f"{count('halved'):,.0f}"))
    return told
