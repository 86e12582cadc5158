"""Finding scenarios: by name among the examples and the installed ones, or in a file."""

from __future__ import annotations

import importlib
import importlib.util
import os
import pkgutil
import sys
import traceback
from collections.abc import Mapping
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

from gamemaster.scenarios.scenario import Scenario
from gamemaster.simulation import Simulation
from gamemaster.words import BadInput, UnknownName

__all__ = ["find_scenario", "list_scenarios", "rebuild"]


def list_scenarios() -> dict[str, Scenario]:
    """All installed scenarios by name: the examples, then the entry points `gamemaster.scenarios`; sorted by name."""
    found: dict[str, Scenario] = {}
    for name in _example_names():
        each = scenario_in(importlib.import_module(f"gamemaster.examples.{name}"), name)
        found[each.name] = each
    for point in entry_points(group="gamemaster.scenarios"):
        found[point.name] = _loaded(point)
    return dict(sorted(found.items()))


def find_scenario(name: str) -> Scenario:
    """The scenario of this name, or the one in this file (.py, .yaml).

    Raises: UnknownName for a name that none has; BadInput for a file that isn't there, raises, or holds no scenario.
    """
    path = Path(name)
    if path.suffix in (".py", ".yaml", ".yml"):
        if not path.is_file():
            raise BadInput(f"There is no file {name}; give the path of a scenario, or a name from `gamemaster list`.")
        if path.suffix == ".py":
            return _from_file(path)
        from gamemaster.scenarios.yaml_scenario import read_yaml

        return read_yaml(path)
    if name in _example_names():
        return scenario_in(importlib.import_module(f"gamemaster.examples.{name}"), name)
    known = list_scenarios()
    if name not in known:
        raise UnknownName.of("scenario", name, known, hint="`gamemaster list` shows all; a file is named with its .py.")
    return known[name]


def rebuild(configuration: Mapping[str, Any], *, file: str | None = None) -> Simulation:
    """The simulation that a run was made from, made anew from its scenario, which is looked up among what is installed.

    Raises: BadInput when the run has no scenario; UnknownName when that isn't installed and no file is given.
    """
    about = configuration["scenario"]
    if not about.get("name"):
        raise BadInput("This run was made from a simulation built by hand; go on with it by the code that built it.")
    if file is None and (not isinstance(about["name"], str) or _is_path(about["name"])):
        # An archive may come from anyone: code is run because it is installed, or because the user names its file.
        raise BadInput(f"The run's scenario is called {about['name']!r}, which is no name of an installed one; name its file.")
    try:
        found = find_scenario(file or about["name"])
    except UnknownName as error:
        raise BadInput(f"{error} If it came from a file, name the file too.") from None
    if found.name != about["name"]:
        raise BadInput(f"The run is of the scenario {about['name']!r}, but {file} holds {found.name!r}.")
    values = dict(about.get("parameters", {}))
    models = values.pop("model", {})
    values.update({f"model.{name}": model for name, model in models.items()})
    return found.make(values, model=configuration["model"], seed=configuration["seed"])


def scenario_in(module: ModuleType, where: str) -> Scenario:
    """The one scenario of a module. Raises: BadInput when it has none, or more than one."""
    found = {id(each): each for each in vars(module).values() if isinstance(each, Scenario)}
    if len(found) != 1:
        names = ", ".join(each.name for each in found.values())
        many = f"{len(found)} scenarios ({names})" if found else "no scenario"
        raise BadInput(f"{where} holds {many}; it has to hold exactly one, made with @scenario.")
    return next(iter(found.values()))


def _is_path(name: str) -> bool:
    return Path(name).suffix in (".py", ".yaml", ".yml") or "/" in name or os.sep in name


def _example_names() -> list[str]:
    package = importlib.import_module("gamemaster.examples")
    # A scenario is a module; a package among them holds what scenarios are made of.
    modules = [each.name for each in pkgutil.iter_modules(package.__path__) if not each.ispkg]
    return sorted(name for name in modules if not name.startswith("_"))


def _loaded(point: Any) -> Scenario:
    loaded = point.load()
    return loaded if isinstance(loaded, Scenario) else scenario_in(loaded, point.value)


def _from_file(path: Path) -> Scenario:
    for name in _example_names():
        module = importlib.import_module(f"gamemaster.examples.{name}")
        if module.__file__ and Path(module.__file__).resolve() == path.resolve():
            return scenario_in(module, str(path))
    name = f"gamemaster_file_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path.resolve())
    if spec is None or spec.loader is None:
        raise BadInput(f"{path} can't be read as Python.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BadInput as error:
        raise BadInput(f"{path}: {error}") from error
    except (Exception, SystemExit) as error:
        here = str(path.resolve())
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == here]
        at = f", line {lines[-1]}" if lines else ""
        raise BadInput(f"{path}{at} raises {type(error).__name__}: {error}") from error
    return scenario_in(module, str(path))
