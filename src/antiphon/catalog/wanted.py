"""What somebody asks for by a name: one of the catalogue, or a repository of the hub, with a quantisation or a file.

Pure: which files a repository has is told from outside.
"""

import re
from collections.abc import Iterable

from msgspec import Struct

from antiphon.catalog.entry import find, find_nearest, load_catalog
from antiphon.errors import ConfigurationError

FORM = re.compile(r"(?P<repo>[\w.-]+/[\w.-]+)(?::(?P<what>[\w./-]+))?")
QUANT = re.compile(r"(?:^|[-._/])((?:UD-)?(?:I?Q\d\w*|TQ\d\w*|MXFP4\w*|BF16|F16|F32))(?=[-.])", re.IGNORECASE)
PART = re.compile(r"-\d{5}-of-(\d{5})\.gguf$")
PREFERRED = ("Q4_K_M", "MXFP4", "Q4_0", "Q8_0")
"""Where nobody says which: small, and hardly worse."""
BESIDE = ("mmproj", "imatrix")
"""What begins the names of files that belong to a model, and are none."""


class Wanted(Struct, frozen=True, kw_only=True):
    """name: what it is to be served as. repo: empty for the model that comes with a package. file: exactly this one.
    quant: this quantisation, where no file is told or there is none of that name.
    """

    name: str
    repo: str
    file: str | None = None
    quant: str | None = None


def parse_wanted(text: str) -> Wanted:
    """A name of the catalogue, `repo/name`, `repo/name:quant` or `repo/name:file.gguf`. Raises `ConfigurationError`."""
    if entry := find(text):
        return Wanted(name=entry.name, repo=entry.repo, file=entry.file, quant=quant_of(entry.file))
    found = FORM.fullmatch(text)
    if not found:
        raise ConfigurationError(
            f"There is no model '{text}' to choose from.{suggest(text)} See: antiphon models list. Others are named"
            " as on the Hugging Face hub: repo/name, repo/name:quant or repo/name:file.gguf."
        )
    repo, what = found["repo"], found["what"]
    exact = bool(what) and what.lower().endswith(".gguf")
    return Wanted(name=name_of(repo), repo=repo, file=what if exact else None, quant=None if exact else what)


def suggest(name: str, names: Iterable[str] | None = None) -> str:
    """The nearest name, as a sentence behind one that says that there is none. names: of the catalogue by default."""
    nearest = find_nearest(name, list(load_catalog() if names is None else names))
    return f" Did you mean '{nearest}'?" if nearest else ""


def name_of(repo: str) -> str:
    """A short one: `Qwen/Qwen3-4B-GGUF` is `qwen3-4b`."""
    return repo.rpartition("/")[2].lower().removesuffix("-gguf")


def quant_of(file: str) -> str | None:
    """The quantisation that a file's name tells."""
    found = QUANT.findall(file)
    return found[-1].upper() if found else None


def first_part(file: str) -> str:
    """The name that a model in several files goes by; of one in a single file, its own."""
    return PART.sub(r"-00001-of-\1.gguf", file)


def is_model(file: str) -> bool:
    """Whether a file is one, by its name."""
    name = file.rpartition("/")[2].lower()
    return file.isprintable() and name.endswith(".gguf") and not name.startswith(BESIDE)


def choose_files(files: Iterable[str], wanted: Wanted) -> list[str]:
    """Of a repository's files those of the model that is wanted, in order. Raises `ConfigurationError`."""
    models: dict[str, list[str]] = {}
    for file in sorted(file for file in files if is_model(file) or file == wanted.file):
        models.setdefault(first_part(file), []).append(file)
    if not models:
        raise ConfigurationError(f"The repository '{wanted.repo}' has no GGUF file: look for one ending in '-GGUF'.")
    chosen = choose_model(list(models), wanted)
    if chosen is None:
        raise ConfigurationError(refuse(list(models), wanted))
    return models[chosen]


def choose_model(models: list[str], wanted: Wanted) -> str | None:
    """The file, else the quantisation, else the only one, else one that is usually good."""
    if wanted.file in models:
        return wanted.file
    if wanted.quant or wanted.file:
        return with_quant(models, wanted.quant or "")
    if len(models) == 1:
        return models[0]
    return next((found for quant in PREFERRED if (found := with_quant(models, quant))), None)


def with_quant(models: list[str], quant: str) -> str | None:
    """Of those in this quantisation the one with the shortest name."""
    return min((model for model in models if quant_of(model) == quant.upper()), key=len, default=None)


def refuse(models: list[str], wanted: Wanted) -> str:
    """Why none was chosen, and what there is."""
    there = ", ".join(sorted({quant_of(model) or model for model in models}))
    lacks = f"has no '{wanted.file or wanted.quant}'" if wanted.file or wanted.quant else "has several models"
    return f"The repository '{wanted.repo}' {lacks}; say which: {wanted.repo}:QUANT, of {there}."
