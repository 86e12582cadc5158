"""The same task in Concordia's simultaneous engine, in an environment of its own, made when it is first needed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measurement import Measurement

__all__ = ["Environment", "Unavailable", "concordia", "environment"]

_ENVIRONMENTS = Path(__file__).parent / ".environments"
_SCRIPT = Path(__file__).with_name("concordia_script.py")
_MINUTES = 60


class Unavailable(Exception):
    """Why there is nothing to compare with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """A version of Concordia, an interpreter that it runs on, and the folder in which the two meet."""

    version: str
    interpreter: str
    folder: Path

    @property
    def python(self) -> Path:
        """The environment's own interpreter."""
        return self.folder / "bin" / "python"

    def ensure(self) -> None:
        """Make it unless it is there whole. Raises: Unavailable."""
        ready = self.folder / "ready"
        if ready.exists():
            return
        shutil.rmtree(self.folder, ignore_errors=True)
        try:
            _run([self.interpreter, "-m", "venv", str(self.folder)], minutes=5)
            _run([str(self.python), "-m", "pip", "install", "-qq", f"gdm-concordia=={self.version}"], minutes=15)
        except Unavailable:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise
        ready.touch()

    def measure(self, agents: int, steps: int) -> dict[str, float]:
        """What the script measured. Raises: Unavailable."""
        return self.run(_SCRIPT, "--agents", str(agents), "--steps", str(steps))

    def run(self, script: Path, *arguments: str) -> dict[str, float]:
        """What a script measured, which prints it as a line of JSON, the last. Raises: Unavailable."""
        said = _run([str(self.python), str(script), *arguments], minutes=15)
        return json.loads(said.splitlines()[-1])


def environment() -> Environment:
    """The newest release that an interpreter of this machine can run: 2.4.0 wants Python 3.12."""
    for interpreter in _interpreters("3.12"):
        return Environment(version="2.4.0", interpreter=interpreter, folder=_ENVIRONMENTS / "concordia-2.4.0")
    return Environment(version="2.1.0", interpreter=sys.executable, folder=_ENVIRONMENTS / "concordia-2.1.0")


def concordia(quick: bool, within: Environment | None = None) -> Iterator[Measurement]:
    """Agent-steps per CPU second of Concordia's simultaneous engine at 10 and 100 agents."""
    place = within if within is not None else environment()
    name = f"Concordia {place.version}"
    try:
        place.ensure()
        for agents, steps in ((10, 1),) if quick else ((10, 50), (100, 10)):
            found = place.measure(agents, steps)
            yield Measurement(
                what=f"{agents} agents, {name}, simultaneous engine, no log",
                value=agents * steps / found["cpu_seconds"],
                unit="agent-steps / CPU s",
                note=f"{steps} steps; {found['calls'] / (agents * steps):g} model calls an agent-step",
            )
    except Unavailable as reason:
        yield Measurement(what=name, value=None, unit="agent-steps / CPU s", note=f"not measured: {reason}")


def _interpreters(version: str) -> Iterator[str]:
    found = [shutil.which(f"python{version}")]
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found += [str(each / "bin" / "python") for each in sorted(versions.glob(f"{version}*"), reverse=True)]
    for each in found:
        if each is None:
            continue
        try:
            said = _run([each, "--version"], minutes=1)
        except Unavailable:  # a shim without the version behind it
            continue
        if said.split()[-1].startswith(version):
            yield each


def _run(command: Sequence[str], *, minutes: int) -> str:
    """What the command printed. Raises: Unavailable with the last thing that it said."""
    around = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")}
    around["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=minutes * _MINUTES, env=around, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(f"{Path(command[0]).name} did not run: {type(error).__name__}") from error
    if done.returncode:
        lines = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        wrong = next((line for line in lines if line.startswith("ERROR")), lines[-1] if lines else "no message")
        raise Unavailable(f"`{' '.join([Path(command[0]).name, *command[1:5]])} …` failed: {wrong.strip()}")
    return done.stdout
