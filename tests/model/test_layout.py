"""A copy in another quantisation is made once, is whole or not there, and computes nearly as the file does."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import cast

import pytest

from antiphon.engine.llama.config import CpuLayout, Layout, WorkerConfig
from antiphon.engine.llama.layout.choice import Loaded, load_model
from antiphon.engine.llama.layout.copies import NoCopy, check_room, is_in, make_copy, place_of
from antiphon.engine.llama.layout.trial import REQUEST, judge, read_trial, record_of
from antiphon.engine.llama.mailbox import SocketMailbox
from antiphon.engine.llama.messages import Converting, FromWorker, Measuring
from antiphon.engine.llama.model import Model
from antiphon.errors import ConfigurationError
from tests.model.argmax import agreement, load_logits
from tests.model.plain import bundled_model
from tests.model.processes import Server, fingerprint, serve


class Told:
    """In place of the mailbox: what was announced. open: whether anybody waits for the model."""

    def __init__(self, *, is_open: bool = True) -> None:
        self.news: list[FromWorker] = []
        self.open = is_open

    def announce(self, news: FromWorker) -> None:
        self.news.append(news)

    def receive(self, *, wait: bool) -> Iterable[object]:
        return ()


def load(folder: Path, layout: CpuLayout, told: Told, *, file: Path | None = None) -> Loaded:
    """As a worker does; file: another than the bundled one."""
    config = WorkerConfig(
        socket_path="", model_path=str(file or bundled_model()), context=None, parallel=1, queue=1, threads=1,
        cache_bytes=0, flash_attention="auto", tuning_folder=str(folder), cpu_layout=layout, layouts_folder=str(folder),
    )  # fmt: skip
    return load_model(config, cast(SocketMailbox, told), on_progress=lambda share: None)


@pytest.fixture(scope="module")
def model() -> Model:
    """The bundled one."""
    return Model(bundled_model())


@pytest.fixture(scope="module")
def copies(model: Model, tmp_path_factory: pytest.TempPathFactory) -> dict[Layout, Path]:
    """One of each layout."""
    folder = tmp_path_factory.mktemp("layouts")
    layouts: tuple[Layout, ...] = ("q8_0", "q4_0")
    made = {layout: place_of(model.path, layout, folder) for layout in layouts}
    for layout, copy in made.items():
        make_copy(model, copy, layout)
    return made


def test_a_copy_is_made_once(model: Model, copies: dict[Layout, Path], tmp_path: Path) -> None:
    """It stays as it is when it is asked for again, and would come out the same; nothing else is left."""
    copy = copies["q8_0"]
    before = copy.stat().st_mtime_ns
    make_copy(model, copy, "q8_0")
    assert copy.stat().st_mtime_ns == before
    make_copy(model, tmp_path / "again.gguf", "q8_0")
    assert (tmp_path / "again.gguf").read_bytes() == copy.read_bytes()
    assert sorted(copy.parent.iterdir()) == sorted(copies.values())


def test_a_copy_computes_nearly_as_the_file(copies: dict[Layout, Path]) -> None:
    """With 8 bits the likeliest token is nearly always the same; with 4, less often."""
    expected = load_logits(bundled_model())
    shares = {layout: agreement(load_logits(copy), expected) for layout, copy in copies.items()}
    assert shares["q8_0"] >= 0.9
    assert 0.5 <= shares["q4_0"] < shares["q8_0"]


def test_a_copy_says_what_it_is(model: Model, copies: dict[Layout, Path]) -> None:
    """So it is not converted again, and keeps its chat template."""
    for layout, copy in copies.items():
        converted = Model(copy)
        assert is_in(converted, layout) and not is_in(model, layout)
        assert converted.chat_template == model.chat_template
        converted.close()


def test_no_room(tmp_path: Path) -> None:
    """A disk is not filled to the last byte."""
    check_room(tmp_path, 1)
    with pytest.raises(NoCopy, match="MiB free"):
        check_room(tmp_path, 1 << 60)


def test_what_cannot_be_converted(model: Model, tmp_path: Path) -> None:
    """Leaves nothing behind."""
    damaged = tmp_path / "damaged.gguf"
    damaged.write_bytes(bundled_model().read_bytes()[: 1 << 20])
    with pytest.raises(NoCopy):
        model_of = Model(bundled_model())
        model_of.path = damaged
        make_copy(model_of, tmp_path / "layouts" / "copy.gguf", "q8_0")
    assert not list((tmp_path / "layouts").iterdir())


def times(*passes: float) -> tuple[float, ...]:
    """Milliseconds of each pass."""
    assert len(passes) == len(REQUEST)
    return passes


JUDGED: list[tuple[list[dict[Layout, tuple[float, ...]]], Layout]] = [
    ([{"file": times(100, 10, 40), "q8_0": times(50, 10, 20)}], "q8_0"),
    ([{"file": times(100, 10, 40), "q8_0": times(100, 10, 40)}], "file"),
    ([{"file": times(100, 10, 40), "q8_0": times(99, 9, 39)}], "file"),
    ([{"file": times(100, 10, 40), "q8_0": times(50, 20, 40)}], "file"),
    ([{"file": times(100, 10, 40), "q8_0": times(200, 20, 80)}], "file"),
    ([{"file": times(100, 10, 40), "q8_0": times(50, 99, 99)},
      {"file": times(100, 10, 40), "q8_0": times(99, 10, 20)}], "q8_0"),
]  # fmt: skip


@pytest.mark.parametrize(("rounds", "layout"), JUDGED)
def test_the_faster_one_is_taken(rounds: list[dict[Layout, tuple[float, ...]]], layout: Layout) -> None:
    """By the least time of each pass in a typical request; the file, where a copy is not clearly faster."""
    assert judge(rounds).layout == layout


def test_it_is_measured_once(tmp_path: Path) -> None:
    """Then what was found is used, whatever it is, until the record is of another format."""
    told = Told()
    first = load(tmp_path, "auto", told)
    assert told.news == [Converting("q8_0"), Measuring()]
    record = record_of(bundled_model(), tmp_path)
    trial = read_trial(record)
    assert trial and trial.layout == first.layout and set(trial.milliseconds) == {"file", "q8_0"}
    assert sorted(tmp_path.glob("*.gguf")) == ([first.model.path] if first.layout == "q8_0" else [])
    kept = json.loads(record.read_text())
    for layout in ("file", "q8_0"):
        record.write_text(json.dumps(kept | {"layout": layout}))
        assert load(tmp_path, "auto", Told()).layout == layout
    record.write_text(json.dumps(kept | {"format": 0}))
    again = Told()
    load(tmp_path, "auto", again)
    assert Measuring() in again.news


def test_it_is_converted_once(tmp_path: Path) -> None:
    """A copy that is broken is made again."""
    told = Told()
    first = load(tmp_path, "q8_0", told)
    assert (first.layout, first.remark, told.news) == ("q8_0", "", [Converting("q8_0")])
    digest = first.model.digest()
    assert load(tmp_path, "q8_0", told).model.digest() == digest
    assert told.news == [Converting("q8_0")]
    first.model.path.write_bytes(first.model.path.read_bytes()[:-1000])
    assert load(tmp_path, "q8_0", told).model.digest() == digest
    assert told.news == [Converting("q8_0")] * 2


@pytest.mark.parametrize("layout", ["auto", "q8_0"])
def test_a_folder_that_cannot_be_written(layout: CpuLayout, tmp_path: Path) -> None:
    """Then the file is loaded, and the reason told."""
    (tmp_path / "file").write_text("")
    loaded = load(tmp_path / "file", layout, Told())
    assert (loaded.model.path, loaded.layout) == (bundled_model(), "file")
    assert "cannot be written" in loaded.remark


@pytest.mark.parametrize("layout", ["auto", "file", "q8_0"])
def test_no_model_file(layout: CpuLayout, tmp_path: Path) -> None:
    """A file that is not there, or is none of a model, is one sentence."""
    (tmp_path / "none.gguf").write_text("none")
    for name in ("missing.gguf", "none.gguf"):
        with pytest.raises(ConfigurationError, match=name):
            load(tmp_path, layout, Told(), file=tmp_path / name)


def test_nobody_waits(tmp_path: Path) -> None:
    """When the server has ended, the conversion does not go on."""
    loaded = load(tmp_path, "q8_0", Told(is_open=False))
    assert loaded.layout == "file" and "ended" in loaded.remark
    assert not list(tmp_path.glob("*.gguf"))


def test_a_server_tells_its_layout(folder: Path, tmp_path: Path) -> None:
    """In what it says when it is ready, and in the fingerprint."""
    small = ("--data-dir", str(tmp_path), "--parallel", "1", "--context", "256", "--flash-attention", "off")
    told: dict[str, tuple[str, bool]] = {}
    for layout in ("file", "q8_0"):
        with serve(folder, *small, "--cpu-layout", layout) as server:
            told[layout] = fingerprint(server), says_converted(server)
    assert told["file"][0] != told["q8_0"][0]
    assert (told["file"][1], told["q8_0"][1]) == (False, True)


def says_converted(server: Server) -> bool:
    """Whether it said so."""
    return "weights converted to q8_0" in server.log.read_text()
