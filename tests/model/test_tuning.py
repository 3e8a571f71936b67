"""What is fastest on this machine is measured once, kept, and used."""

import json
from pathlib import Path

import pytest

from antiphon.engine.llama.model import Model
from antiphon.engine.llama.tuning import KERNELS, WORTH, can_tune, tune
from tests.model.plain import bundled_model
from tests.model.processes import fingerprint, serve


@pytest.fixture(scope="module")
def model() -> Model:
    """The bundled one."""
    return Model(bundled_model())


class Told:
    """How often it was told that a measurement begins."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> None:
        self.times += 1


def test_it_is_measured_once(model: Model, tmp_path: Path) -> None:
    """Then it is known, until what is kept is damaged."""
    told = Told()
    first = tune(model, tmp_path / "tuning", threads=1, depth=64, tell=told)
    assert tune(model, tmp_path / "tuning", threads=1, depth=64, tell=told) == first
    assert told.times == 1
    [file] = (tmp_path / "tuning").iterdir()
    assert file.name.startswith(bundled_model().stem)
    file.write_bytes(file.read_bytes()[:-1])
    tune(model, tmp_path / "tuning", threads=1, depth=64, tell=told)
    assert told.times == 2
    assert [kept.name for kept in (tmp_path / "tuning").iterdir()] == [file.name]


def test_the_faster_one_is_taken(model: Model, tmp_path: Path) -> None:
    """By the milliseconds that are kept beside it; llama.cpp's own choice where there is no telling."""
    assert can_tune(model)
    tuning = tune(model, tmp_path, threads=1, depth=64, tell=Told())
    assert set(tuning.milliseconds) == set(KERNELS)
    assert min(tuning.milliseconds.values()) > 0
    assert (tuning.flash_attention == "off") == (tuning.milliseconds["off"] * WORTH < tuning.milliseconds["on"])


def test_a_folder_that_cannot_be_written(model: Model, tmp_path: Path) -> None:
    """Then each start measures."""
    told = Told()
    (tmp_path / "file").write_text("")
    for _ in range(2):
        assert tune(model, tmp_path / "file" / "tuning", threads=1, depth=64, tell=told).flash_attention in KERNELS
    assert told.times == 2


def test_a_server_computes_as_was_found(folder: Path, tmp_path: Path) -> None:
    """What is kept decides, whatever it is: then all is as if it had been asked for."""
    flags = ("--data-dir", str(tmp_path), "--parallel", "1", "--context", "256")
    with serve(folder, *flags) as server:
        first = fingerprint(server)
    [file] = [kept for kept in (tmp_path / "tuning").iterdir() if "flash_attention" in kept.read_text()]
    kept = json.loads(file.read_text())
    [other] = {*KERNELS} - {kept["flash_attention"]}
    file.write_text(json.dumps(kept | {"flash_attention": other}))
    with serve(folder, *flags) as server:
        second = fingerprint(server)
    with serve(folder, *flags, "--flash-attention", other) as server:
        assert fingerprint(server) == second != first
