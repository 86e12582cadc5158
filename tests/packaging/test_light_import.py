"""Importing is light: what takes seconds to load is loaded by the function that needs it."""

import json
import subprocess
import sys

HEAVY = {
    "accelerate",
    "faiss",
    "huggingface_hub",
    "langchain_core",
    "matplotlib",
    "pandas",
    "pyarrow",
    "scipy",
    "sentence_transformers",
    "sklearn",
    "torch",
    "transformers",
}

IMPORT_ALL = """
import importlib, json, pkgutil, sys
import gamemaster
names = [m.name for m in pkgutil.walk_packages(gamemaster.__path__, "gamemaster.") if not m.name.endswith("__main__")]
for name in names:
    importlib.import_module(name)
print(json.dumps({"imported": names, "loaded": sorted(sys.modules)}))
"""


def _loaded(root, code: str) -> dict[str, list[str]]:
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_every_module_imports_alone_and_loads_nothing_heavy(root, shipped):
    found = _loaded(root, IMPORT_ALL)
    assert not {name for name in found["loaded"] if name.split(".")[0] in HEAVY}
    files = {name.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for name in shipped if name.endswith(".py")}
    assert set(found["imported"]) == files - {"gamemaster", "gamemaster.__main__"}


def test_the_library_itself_needs_no_command_line(root):
    found = _loaded(root, "import gamemaster, json, sys; print(json.dumps({'loaded': sorted(sys.modules)}))")
    assert not {name for name in found["loaded"] if name.split(".")[0] in HEAVY | {"typer", "rich"}}
