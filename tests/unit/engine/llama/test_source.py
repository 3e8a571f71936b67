"""From a model's source to its file."""

from pathlib import Path

import pytest

from antiphon.engine.llama.source import HUB_FORM, resolve
from antiphon.errors import ConfigurationError


def test_the_bundled_model_is_a_file() -> None:
    """`smollm2` is the GGUF of the package that brings it."""
    path = resolve("smollm2")
    assert path.suffix == ".gguf" and path.is_file()


def test_a_path_is_itself(tmp_path: Path) -> None:
    """A file on disk is found by its path."""
    file = tmp_path / "a model.gguf"
    file.touch()
    assert resolve(str(file)) == file


def test_a_path_may_begin_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`~` is the home folder, also in settings, where no shell opens it."""
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "model.gguf").touch()
    assert resolve("~/model.gguf") == tmp_path / "model.gguf"


@pytest.mark.parametrize("source", ["", "nothing", "/nowhere/model.gguf", "owner/name", "owner/name:file.bin", "."])
def test_what_is_no_source_is_told(source: str) -> None:
    """Neither bundled, nor a file, nor of the hub's form: a sentence that names it and the three forms."""
    with pytest.raises(ConfigurationError, match="neither a file") as caught:
        resolve(source)
    assert f"'{source}'" in str(caught.value)


FORMS = {
    "owner/name:file.gguf": True, "own-er/na.me_2:folder/file-Q4_0.gguf": True, "name:file.gguf": False,
    "owner/name:file.gguf ": False, "https://host/a:b.gguf": False, "owner/na me:file.gguf": False,
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_the_hubs_form(form: str) -> None:
    """`repo/name:file.gguf`, and nothing that only looks like it."""
    assert bool(HUB_FORM.match(form)) == FORMS[form]
