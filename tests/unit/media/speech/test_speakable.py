# ruff: noqa: RUF001 - characters that look like others are what this is about
"""What of a text can be said, and how, and what cannot."""

import json
import time
from pathlib import Path

import hibari
import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.media.speech.characters import READ
from antiphon.media.speech.speakable import MOST_NAMED, Unspeakable, read

SAID = [
    ("Plain words, as ever.", "Plain words, as ever."),
    ("# A title", "A title"), ("### **Bold** and *soft* __and__ _so_", "Bold and soft and so"),
    ("**Cut in two.", "Cut in two."), ("`code` and ~~struck~~", "code and struck"),
    ("- item", "item"), ("* item", "item"), ("- [x] done", "done"), ("> quoted", "quoted"), ("1. First", "1. First"),
    ("[the docs](https://x.com/a?b=1)", "the docs"), ("![a cat](cat.png)", "a cat"), ("[text][1] and[^2]", "text and"),
    ("so](https://x.com) it", "so it"), ('[a](b "title")', "a"),
    ("https://www.example.com/path?x=1#y", "example.com/path"), ("<https://x.org>", "x.org"),
    ("| a | b |", "a, b"), ("|---|:-:|", ""), ("---", ""), ("***", ""), ("```python", ""), ("```", ""),
    ("fish &amp; chips<br>now", "fish & chips now"), ("a <b>bold</b> b", "a bold b"), ("1 < 2 > 0", "1 < 2 > 0"),
    ("3 * 4 = 12", "3 times 4 = 12"), ("3*4", "3 times 4"), ("a -> b", "a to b"), ("x != y", "x is not equal to y"),
    ("x <= y == z", "x is less than or equal to y equals z"), ("snake_case", "snake_case"),
    ("well---then", "well—then"),
    ("Stop!!!!!!", "Stop!"), ("======", ""), (r"\*stars\* \# \[", "stars # ("), ("-5 degrees", "-5 degrees"),
    ("“Quoted” ‘it’s’ «so»", "\"Quoted\" 'it's' \"so\""),
    ("café naïve Zürich Łódź", "café naïve Zürich Łódź"), ("cafe\u0301", "café"), ("Ő ạ ħ ẞ İ", "ő a h SS I"),
    ("𝐇𝐞𝐥𝐥𝐨 ﬁne Ａ Ⅳ", "Hello fine A IV"), ("H₂O ３ ٣ १", "H2O 3 3 1"), ("x² ½", "x² ½"),
    ("√2 ≤ ∞", "square root of 2 less than or equal to infinity"),
    ("πr and Δx, 5 μm, 5 kΩ", "pi r and delta x, 5 µm, 5 k ohms"),
    ("100 ₽ №5", "100 rubles number 5"), ("€5.50 £3 50%", "€5.50 £3 50%"), ("Acme™ • ®", "Acme"),
    ("[x](/həlˈO/)", "x"), ("[a] {b}", "(a) (b)"), ("zero\u200bwidth\ufeff", "zerowidth"), ("a\x00b", "a b"),
    ("1️⃣ #️⃣", "1 #"), ("12345678901234567.5", "1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 point 5"), ("1234567", "1234567"),
    ("x" * 100, f"{'x' * 40} {'x' * 40} {'x' * 20}"),
]  # fmt: skip


def find_unspeakable(text: str) -> Unspeakable:
    """What of a text no voice here can say."""
    return read(text).unspeakable


@pytest.mark.parametrize(("text", "spoken"), SAID)
def test_what_the_voice_is_given(text: str, spoken: str) -> None:
    """Words without the signs that only change how they look; nothing in all this is unspeakable."""
    assert read(text) == (spoken, Unspeakable())


UNSAID = [
    ("Hi 😀!", ("😀",), 1), ("😀😀 🎉 😀", ("😀", "🎉"), 4), ("👍🏽👩‍👩‍👧 🇩🇪 ❤️", ("👍🏽", "👩‍👩‍👧", "🇩🇪", "❤️"), 4),
    ("你好 hello", ("你", "好"), 2), ("привет", tuple("привет"), 6), ("Καλή", tuple("Καλή"), 4),
    ("نعم", tuple("نعم"), 3), ("ひらカ", tuple("ひらカ"), 3),
    ("한", ("한",), 1), ("\ue000", ("\ue000",), 1), ("♬", ("♬",), 1),
]  # fmt: skip


@pytest.mark.parametrize(("text", "characters", "count"), UNSAID)
def test_what_cannot_be_said_is_told(text: str, characters: tuple[str, ...], count: int) -> None:
    """Each once, as one sees it, and how often."""
    assert find_unspeakable(text) == Unspeakable(characters, count)


def test_not_more_is_named_than_can_be_read() -> None:
    """However much there is; the number is exact, and adds up."""
    found = find_unspeakable("".join(map(chr, range(0x4E00, 0x4E00 + 500))))
    assert (len(found.characters), found.count) == (MOST_NAMED, 500)
    both = find_unspeakable("你") + find_unspeakable("你好")
    assert both == Unspeakable(("你", "好"), 3)
    assert bool(both) and not Unspeakable()


@pytest.mark.parametrize("reader", ["oov.json", "oov_gb.json"])
def test_letters_that_stay_are_read_by_the_voice(reader: str) -> None:
    """hibari leaves out what it does not know, and says nothing: we must not give it that."""
    known = json.loads((Path(hibari.__file__).parent / "assets" / reader).read_text("utf-8"))["in"]
    assert READ.issubset(known)


@pytest.mark.parametrize("text", ["", " ", "...", "***", "(!)", "—", "😀", "``` ```"])
def test_what_has_no_word_in_it_is_silent(text: str) -> None:
    """And the voice need not be asked."""
    assert read(text).is_silent


@pytest.mark.parametrize("text", ["a", "5", "%", "π", "+"])
def test_what_has_a_word_in_it_is_not_silent(text: str) -> None:
    """Be it a sign that is read as a word."""
    assert not read(text).is_silent


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    """What comes of it is on one line, without brackets (in which hibari would take phonemes), and not unspeakable."""
    spoken = read(text).spoken
    assert not set(spoken) & set("[]{}\n\r\t")
    assert not find_unspeakable(spoken)


@pytest.mark.parametrize(
    "piece", ["[", "[a](", "](", '[a](b "', "*", "_", "<b", "&", "\\", "1,", "|", "> ", "http://", "-", "a/"]
)
def test_no_text_takes_long(piece: str) -> None:
    """Time grows with the text, not with its square: a hundred thousand characters are read within a few seconds."""
    began = time.process_time()
    read(piece * (100_000 // len(piece)))
    assert time.process_time() - began < 4
