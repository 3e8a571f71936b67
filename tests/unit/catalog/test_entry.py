"""The models that there are to choose from."""

import pytest

from antiphon.catalog.entry import Entry, find, load_catalog
from antiphon.catalog.wanted import parse_wanted, quant_of
from antiphon.engine.llama.source import HUB_FORM, is_on_hub


@pytest.mark.parametrize("entry", load_catalog().values(), ids=lambda entry: entry.name)
def test_every_model_of_the_catalogue(entry: Entry) -> None:
    """Each model can be served and pulled by its name, and tells a quantisation by which it is found if renamed."""
    if not entry.repo:
        return
    assert is_on_hub(entry.name) and HUB_FORM.match(entry.source)
    wanted = parse_wanted(entry.name)
    assert (wanted.repo, wanted.file, wanted.quant) == (entry.repo, entry.file, quant_of(entry.file))
    assert wanted.quant and entry.note.endswith(".")
    assert entry.num_bytes < entry.memory_bytes < 2.2 * entry.num_bytes


def test_names_in_any_case() -> None:
    """A model of the catalogue is found however its name is written."""
    assert find("QWEN3-4b") is find("qwen3-4b") is not None
    assert find("qwen3") is None


def test_memory_is_weights_and_cache() -> None:
    """Memory is told for weights and a KV cache of 4096 tokens in f16, and a tenth more."""
    entry = load_catalog()["qwen3-4b"]
    assert entry.memory_bytes == int((entry.num_bytes + 4096 * 36 * 8 * 128 * 2 * 2) * 1.1)
