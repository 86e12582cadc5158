"""What the numbers were measured on: the processor and the versions, and nothing that names the machine."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from gamemaster import __version__

__all__ = ["machine"]

_PACKAGES = ("pydantic", "numpy", "torch", "sentence-transformers", "faiss-cpu")


def machine() -> dict[str, str]:
    """Processor, cores, system and versions."""
    found = {
        "processor": _processor(),
        "cores": str(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "gamemaster": __version__,
    }
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown"
    fields = dict(line.split(":", 1) for line in lines if ":" in line)
    named = {key.strip(): value.strip() for key, value in fields.items()}
    speed = f" at {float(named['cpu MHz']) / 1000:.2f} GHz" if "cpu MHz" in named else ""
    family = f" (family {named['cpu family']}, model {named['model']})" if "cpu family" in named and "model" in named else ""
    return f"{named.get('model name', 'unknown')}{family}{speed}"
