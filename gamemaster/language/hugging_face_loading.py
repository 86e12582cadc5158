"""Loading a Hugging Face model: which files, from where, and what is wrong when it can't be done.

The one idea: everything is loaded from a folder on this machine, after a look at what is in it. A name is looked up in
the hub's local cache first, and fetched only when it isn't there; of a repository only weights in safetensors, settings
and tokenizer are fetched. Nothing that could run code is read: no pickled weights, no Python files of the repository.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from gamemaster.words import BadInput

__all__ = ["LoadedModel", "load_folder", "model_folder"]

_FETCHED = ["*.safetensors", "*.json", "*.jinja", "*.txt", "tokenizer.model", "*.tiktoken"]
_TOKENIZER_FILES = ("tokenizer.json", "tokenizer.model", "vocab.json", "vocab.txt", "spiece.model", "sentencepiece.bpe.model")
_PICKLED = ("*.bin", "*.pt", "*.pth", "*.pkl", "*.ckpt")
_PATHLIKE = ("/", "./", "../", "~", ".\\", "..\\")


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedModel:
    """A causal language model with its tokenizer, as transformers has them, and where they came from."""

    model: Any
    tokenizer: Any
    folder: Path

    @property
    def on_gpu(self) -> bool:
        return self.model.device.type != "cpu"

    @property
    def dtype(self) -> str:
        return str(self.model.dtype).removeprefix("torch.")

    def fingerprint(self) -> Mapping[str, str]:
        """Digest of weights and settings, dtype, device and versions. Reads all the weights once."""
        return {
            "files": _digest(self.folder),
            "dtype": self.dtype,
            "device": self.model.device.type,
            **{package: version(package) for package in ("torch", "transformers", "tokenizers")},
        }


def model_folder(name: str, *, revision: str | None = None) -> Path:
    """The folder that holds the model `name`: a folder, or a name on the hub, from the cache or fetched now.

    Raises: BadInput, with what was looked for.
    """
    path = Path(name).expanduser()
    if name.startswith(_PATHLIKE) or path.exists():
        _check(path)
        return path
    hub: Any = import_module("huggingface_hub")
    errors: Any = import_module("huggingface_hub.errors")
    wanted: dict[str, Any] = {"revision": revision, "allow_patterns": _FETCHED, "etag_timeout": 10}
    try:
        cached = Path(hub.snapshot_download(name, local_files_only=True, **wanted))
        _check(cached)
        return cached
    except errors.HFValidationError:
        raise BadInput(f'"hf:{name}" is neither a folder on this machine nor a possible name on the Hugging Face hub.') from None
    except (errors.LocalEntryNotFoundError, BadInput):
        if hub.constants.HF_HUB_OFFLINE:
            raise _not_found(name, revision, "HF_HUB_OFFLINE is set, so the hub was not asked") from None
    try:
        with _quietly():
            fetched = Path(hub.snapshot_download(name, **wanted))
    except errors.RepositoryNotFoundError:
        raise _not_found(name, revision, "the hub has no such public model, or it needs a token that is not set") from None
    except errors.RevisionNotFoundError:
        raise _not_found(name, revision, "the hub has the model, but not this revision") from None
    except Exception as error:  # of requests, httpx, the file system: whatever kept the hub from being reached
        raise _not_found(
            name, revision, f"the hub could not be reached ({type(error).__name__}); this machine may be offline"
        ) from error
    _check(fetched)
    return fetched


def load_folder(
    folder: Path,
    *,
    dtype: str | None = None,
    device: str | None = None,
    max_memory: Mapping[int | str, int | str] | None = None,
    offload_folder: str | Path | None = None,
) -> LoadedModel:
    """The model and tokenizer in `folder`.

    On a GPU, when there is one, spread as accelerate sees fit, in the dtype in which the weights were saved; otherwise on the
    CPU in float32. `device` and `dtype` say otherwise: "cpu", "cuda:1", or a way to spread ("auto", "balanced",
    "sequential"). `max_memory` bounds each device, `{0: "20GiB", "cpu": "60GiB"}`; layers that fit on no GPU wait in the
    memory of the CPU, and those that don't fit there in `offload_folder`. Raises: BadInput, with what is wrong with the
    folder or the options.
    """
    torch: Any = import_module("torch")
    transformers: Any = import_module("transformers")
    gpu = device != "cpu" if device else torch.cuda.is_available()
    dtype = dtype or ("auto" if gpu else "float32")
    if dtype != "auto" and not hasattr(torch, dtype):
        raise BadInput(f"There is no dtype {dtype!r}; give float32, bfloat16, float16 or auto.")
    local = {"local_files_only": True, "trust_remote_code": False}
    placed: dict[str, Any] = {"device_map": device or "auto"} if gpu or max_memory else {}
    if max_memory:
        placed["max_memory"] = dict(max_memory)
    if offload_folder is not None:
        placed["offload_folder"] = str(offload_folder)
    what = "tokenizer"
    try:
        with _quietly():
            tokenizer = transformers.AutoTokenizer.from_pretrained(str(folder), **local)
            what = "model"
            model, told = transformers.AutoModelForCausalLM.from_pretrained(
                str(folder), dtype=dtype, use_safetensors=True, output_loading_info=True, **placed, **local
            )
    except Exception as error:
        reason = str(error).strip().partition("\n")[0]
        if "custom code" in reason or "trust_remote_code" in reason:
            reason = "it needs code that comes with it, and no code of a model's folder is run"
            raise BadInput(f"The {what} in {folder} can't be loaded: {reason}. Take a model that transformers knows.") from error
        raise BadInput(f"The {what} in {folder} can't be loaded: {type(error).__name__}: {reason}") from error
    if missing := sorted(told["missing_keys"]):
        raise BadInput(
            f"The weights in {folder} are not whole: {len(missing)} of the model's tensors are not among them, {missing[0]} for "
            "one, and would be made up at random. Fetch or save the model again."
        )
    return LoadedModel(model=model.eval(), tokenizer=tokenizer, folder=folder)


def _check(folder: Path) -> None:
    if not folder.exists():
        raise BadInput(f"There is no folder {folder}; give the folder of a Hugging Face model, or its name on the hub.")
    if not folder.is_dir():
        raise BadInput(f"{folder} is no folder; give the folder that holds config.json, the weights and the tokenizer.")
    try:
        names = sorted(os.listdir(folder))
    except OSError as error:
        raise BadInput(f"The model folder {folder} can't be read: {error.strerror}.") from error
    for name in names:
        if not os.access(folder / name, os.R_OK):
            raise BadInput(f"The model folder {folder} can't be read: {name} is not readable.")
    if "config.json" not in names:
        raise BadInput(f"The folder {folder} holds no Hugging Face model: it has no config.json.")
    if not any(name.endswith(".safetensors") for name in names):
        pickled = [path.name for pattern in _PICKLED for path in sorted(folder.glob(pattern))]
        if pickled:
            raise BadInput(
                f"The model folder {folder} has pickled weights only ({pickled[0]}); loading them could run code that is "
                "not yours, so only safetensors are read. Save the model again with save_pretrained."
            )
        raise BadInput(f"The model folder {folder} has no weights: no file in it ends in .safetensors.")
    if not any(name in names for name in _TOKENIZER_FILES):
        raise BadInput(f"The model folder {folder} has no tokenizer; save it there with tokenizer.save_pretrained.")


def _not_found(name: str, revision: str | None, why: str) -> BadInput:
    which = f"{name} (revision {revision})" if revision else name
    return BadInput(
        f"The model {which} was found neither as a folder nor in the local Hugging Face cache, and {why}. "
        'Give "hf:FOLDER" with a folder that holds it, or fetch it where the hub can be reached.'
    )


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        if path.suffix in (".safetensors", ".json", ".jinja", ".model", ".txt"):
            with path.open("rb") as file:
                digest.update(f"{path.name}:{hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    return digest.hexdigest()


@contextmanager
def _quietly() -> Generator[None]:
    """No progress bars and no reports, which would run into the caller's own; what matters is told as an error."""
    logging: Any = import_module("transformers.utils.logging")
    was_on, level = logging.is_progress_bar_enabled(), logging.get_verbosity()
    logging.disable_progress_bar()
    logging.set_verbosity_error()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if was_on:
            logging.enable_progress_bar()
