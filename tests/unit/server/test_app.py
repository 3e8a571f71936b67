"""The composition root: what cannot be had as configured is told at start, in one sentence."""

from typing import Any

import pytest

from antiphon.errors import ConfigurationError
from antiphon.server.app import build_app
from antiphon.settings import Settings


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"voice": {"echo": "nobody"}}, "--voice echo=nobody: 'nobody' is neither one of hibari's speakers"),
        ({"transcriber": "nothing"}, "--transcriber: There is no speech model 'nothing'"),
        ({"transcriber": "/"}, "--transcriber: '/' is no speech model in CTranslate2's format"),
        ({"engine": "llama", "model": {"m": "smollm2+mmproj=/nowhere.gguf"}}, "No model at '/nowhere.gguf'"),
        ({"engine": "llama", "model": {"m": "smollm2+mmproj="}}, "has no file behind '\\+mmproj='"),
        ({"engine": "llama", "model": {"m": "+mmproj=a.gguf"}}, "has no model before '\\+mmproj='"),
    ],
)
def test_what_cannot_be_had_is_told(given: dict[str, Any], told: str) -> None:
    """Before anything listens."""
    with pytest.raises(ConfigurationError, match=told) as caught:
        build_app(Settings(**{"engine": "scripted", **given}))
    assert "\n" not in str(caught.value)


def test_what_may_be_had_is_believed() -> None:
    """What a hub may have is found out when it is needed."""
    build_app(Settings(engine="scripted", transcriber="somebody/whisper", voice={"echo": "fenrir", "me": "heart"}))
