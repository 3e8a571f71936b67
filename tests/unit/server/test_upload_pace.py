"""How fast uploads come in beside answers."""

import pytest

from antiphon.server.app import build_app
from antiphon.server.upload_pace import STEP_BYTES, UploadPace
from antiphon.settings import Settings

RATE = STEP_BYTES * 10


def test_alone_nothing_waits() -> None:
    """However much comes."""
    pace = UploadPace(lambda: False, bytes_per_s=RATE)
    assert [pace.delay(100 * STEP_BYTES, 0.0) for _ in range(5)] == [0.0] * 5


def test_beside_answers_they_come_at_their_rate() -> None:
    """Steps go on, and each waits for those before, whosever they are; what is slower by itself does not wait."""
    pace = UploadPace(lambda: True, bytes_per_s=RATE)
    assert pace.delay(STEP_BYTES - 1, 7.0) == 0.0
    assert pace.delay(1, 7.0) == pytest.approx(0.1)
    assert pace.delay(2 * STEP_BYTES, 7.0) == pytest.approx(0.3)
    assert pace.delay(STEP_BYTES, 7.3) == pytest.approx(0.1)
    assert pace.delay(STEP_BYTES, 70.0) == pytest.approx(0.1)


def test_they_go_on_when_the_answers_have_ended() -> None:
    """At once, and nothing is made up for later."""
    busy = True
    pace = UploadPace(lambda: busy, bytes_per_s=RATE)
    assert pace.delay(100 * STEP_BYTES, 0.0) == pytest.approx(10.0)
    busy = False
    assert pace.delay(100 * STEP_BYTES, 10.0) == 0.0
    busy = True
    assert pace.delay(STEP_BYTES, 10.0) == pytest.approx(0.1)


async def test_the_server_knows_when_that_is() -> None:
    """While a request has a model."""
    app = build_app(Settings(engine="scripted"))
    pool, pace = app.state.pool, app.state.upload_pace
    await pool.start()
    try:
        assert not pace.is_busy()
        async with pool.hold("smollm2"):
            assert pace.is_busy()
        with pytest.raises(KeyError):
            async with pool.hold("smollm2"), pool.hold("smollm2"):
                raise KeyError
        assert not pace.is_busy()
    finally:
        await pool.stop()
