"""Who keeps a worker alive, where there is none to keep."""

import tempfile
from pathlib import Path

import pytest

from antiphon.engine.llama.engine import LlamaEngine
from antiphon.engine.llama.source import Files
from antiphon.engine.llama.supervision import Supervision
from antiphon.engine.llama.upkeep import Standing
from antiphon.errors import ConfigurationError, EngineLoading
from tests.unit.engine.llama.test_gguf import config

GONE = ConfigurationError("The hub is away.")


async def test_a_process_that_cannot_be_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the machine refuses is told to all who wait, and not waited out."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "full"))
    engine = LlamaEngine("m", Supervision("m", lambda: Files(tmp_path), config(), check=repr))
    await engine.start()
    with pytest.raises(
        ConfigurationError, match=r"^The process of 'm' cannot be started: No such file or directory\.$"
    ):
        await engine.loaded()
    with pytest.raises(EngineLoading, match="cannot be started"):
        await engine.ready()
    await engine.stop()


async def test_a_file_is_looked_for_once(tmp_path: Path) -> None:
    """Where it was found it is found again, also when the hub is away; a failure is for the next start to try again."""
    (tmp_path / "m.gguf").write_bytes(b"x" * 10)
    places: list[Files | ConfigurationError] = [Files(tmp_path / "m.gguf"), GONE]

    def find() -> Files:
        place = places.pop()
        if isinstance(place, ConfigurationError):
            raise place
        return place

    supervision = Supervision("m", find, config(), check=repr)
    told: list[Standing] = []
    supervision.watch(told.append)
    await supervision.start()
    with pytest.raises(ConfigurationError, match="away"):
        await supervision.loaded()
    assert [standing.failure for standing in told] == [None, None, "The hub is away."]
    await supervision.stop()
    assert supervision.unready_reason == "it is not loaded"
    assert [await supervision.estimate_bytes() for _ in range(2)] == [12, 12]
    assert not places and supervision.memory_bytes is None
