"""hibari, loaded: what it is given and what it does not take."""

import sys
from pathlib import Path

import hibari
import hibari.voices
import numpy as np
import pytest

from antiphon.media.missing import MissingExtra
from antiphon.media.speech.network import MOST_PHONEMES, UnusableVoice, cut, load_network
from antiphon.media.speech.voices import BUILT_IN, EMBEDDED, Voice

ASSETS = Path(hibari.__file__).parent / "assets"


def test_a_source_is_loaded_once() -> None:
    """All voices made of it share it."""
    assert load_network(EMBEDDED) is load_network(EMBEDDED)


def test_a_file_with_the_same_interface_is_a_source() -> None:
    """As hibari's own file is; it sounds the same."""
    path = str(ASSETS / "hibari.onnx")
    voice = Voice("mine", path)
    assert np.array_equal(
        load_network(path).say("Good day.", voice), load_network(EMBEDDED).say("Good day.", BUILT_IN["alloy"])
    )


def test_a_voice_of_hibaris_speaks_with_its_accent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once its file is in hibari's cache; here the embedded speaker's is, which so learns British."""
    monkeypatch.setenv("HIBARI_HOME", str(tmp_path))
    (tmp_path / hibari.voices.VOICES["emma"]["file"]).symlink_to(ASSETS / "hibari.onnx")
    network = load_network("emma")
    assert network.phonemes("A hot bath.") != load_network(EMBEDDED).phonemes("A hot bath.")
    assert len(network.say("A hot bath.", Voice("emma", "emma")))


def test_a_voice_that_cannot_be_fetched_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And is asked for again next time."""
    monkeypatch.setenv("HIBARI_HOME", str(tmp_path))
    monkeypatch.setattr(hibari.voices, "BASE_URL", "http://127.0.0.1:1/")
    for _ in range(2):
        with pytest.raises(UnusableVoice, match="'kore' could not be downloaded"):
            load_network("kore")


def test_what_is_no_voice_is_told(tmp_path: Path) -> None:
    """No such name, no ONNX file, and one of something else."""
    (tmp_path / "junk.onnx").write_bytes(b"junk")
    for source, reason in [
        ("nobody", "neither one of hibari's (heart,"),
        (str(tmp_path / "none.onnx"), "nor a file"),
        (str(tmp_path / "junk.onnx"), "cannot be read as an ONNX file"),
        (str(ASSETS / "oov.onnx"), "not of hibari's interface"),
    ]:
        with pytest.raises(UnusableVoice, match="The voice '") as caught:
            load_network(source)
        assert reason in caught.value.reason and caught.value.source == source


def test_without_hibari_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """None in its place is how Python knows that a module cannot be imported."""
    monkeypatch.setitem(sys.modules, "hibari.voices", None)
    monkeypatch.setitem(sys.modules, "hibari", None)
    with pytest.raises(MissingExtra) as caught:
        load_network("another source")
    assert caught.value.extra == "speech"


def test_text_at_which_the_rules_break_is_spelled() -> None:
    """hibari takes the İ for one letter in lower case, where it is two."""
    network = load_network(EMBEDDED)
    with pytest.raises(TypeError):
        network.hibari.phonemize("2ing.'IVİ$")
    assert network.phonemes("2ing.'IVİ$") == network.hibari.phonemize("2 i n g I V")


def test_phonemes_are_cut_between_words_or_anywhere() -> None:
    """None is longer than what hibari was taught, and nothing is lost but spaces."""
    assert cut("short") == ["short"]
    for phonemes in ("wʌn " * 300, "ə" * 1000, "x" * 390 + " " + "y" * 500):
        pieces = cut(phonemes)
        assert max(map(len, pieces)) <= MOST_PHONEMES
        assert "".join(pieces).replace(" ", "") == phonemes.replace(" ", "")


@pytest.mark.parametrize("text", ["", "...", "(", "—"])
def test_what_has_no_phoneme_has_no_sound(text: str) -> None:
    """And no breath is drawn for it."""
    assert not len(load_network(EMBEDDED).say(text, BUILT_IN["alloy"]))
