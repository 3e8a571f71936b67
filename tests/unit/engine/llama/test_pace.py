"""How much of a prompt fits into a step."""

import pytest

from antiphon.engine.llama.pace import CHUNK_MS, LEAST_CHUNK, Pace


def test_the_first_guess() -> None:
    """Is what was measured at the start, also after steps that tell nothing of prompts."""
    pace = Pace(128)
    assert pace.chunk == 128
    pace.learn(64, 900.0)
    assert pace.chunk == 128, "what a step takes without is not known yet"
    pace.learn(0, 40.0)
    assert pace.chunk == 128


@pytest.mark.parametrize(("token_ms", "chunk"), [
    (0.1, 128), (CHUNK_MS / 128, 128), (CHUNK_MS / 100, 96), (CHUNK_MS / 31, 16), (CHUNK_MS, 16), (1e6, 16),
])  # fmt: skip
def test_the_time_is_kept(token_ms: float, chunk: int) -> None:
    """Chunks are as large as fits, in multiples of the least, which is taken however long it takes."""
    pace = Pace(128)
    pace.learn(0, 40.0)
    pace.learn(64, 40.0 + 64 * token_ms)
    assert pace.chunk == chunk
    assert chunk == LEAST_CHUNK or chunk * token_ms <= CHUNK_MS


def test_it_recovers() -> None:
    """One slow step counts until the next one; steps faster than one without prompts cost nothing."""
    pace = Pace(128)
    pace.learn(0, 40.0)
    pace.learn(128, 5000.0)
    assert pace.chunk == 16
    pace.learn(16, 30.0)
    assert pace.chunk == 128


def test_small_machines() -> None:
    """Where less than the least fits at all, that is taken."""
    assert Pace(8).chunk == 8
    slow = Pace(8)
    slow.learn(0, 1.0)
    slow.learn(8, 1e6)
    assert slow.chunk == 8
