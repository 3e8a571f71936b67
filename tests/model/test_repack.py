"""Weights are rearranged for packed kernels where there are some, and never for those of AMX, which crash."""

from pathlib import Path

import numpy as np
import pytest

from antiphon.engine.llama.binding import build_model_params, lib
from antiphon.engine.llama.layout.copies import make_copy
from antiphon.engine.llama.model import Model
from antiphon.engine.llama.repack import names_of_types
from tests.model.argmax import agreement, load_logits, logits_of
from tests.model.plain import bundled_model


class PlainModel(Model):
    """A file loaded without packed kernels."""

    def __init__(self, path: Path) -> None:
        params = build_model_params()
        params.use_extra_bufts = False
        self.path, self.handle = path, lib.llama_model_load_from_file(str(path).encode(), params)
        self.vocab = lib.llama_model_get_vocab(self.handle)


def test_amx_is_left_out() -> None:
    """However often it is asked for."""
    for _ in range(2):
        assert build_model_params().use_extra_bufts
        assert "AMX" not in names_of_types(lib._lib)


def test_packed_kernels_compute_the_same(tmp_path: Path) -> None:
    """As those for the same weights unpacked do, up to rounding, by which one can see that they were used."""
    if "CPU_REPACK" not in names_of_types(lib._lib):
        pytest.skip("llama.cpp has no packed kernels for this processor")
    file = tmp_path / "copy.gguf"
    make_copy(Model(bundled_model()), file, "q4_0")
    packed, plain = load_logits(file), logits_of(PlainModel(file))
    assert not np.array_equal(packed, plain)
    assert np.sqrt(np.mean((packed - plain) ** 2)) < 0.1 * plain.std()
    assert agreement(packed, plain) >= 0.9
