"""Text out of bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.media.documents.charset import clean, clean_text, decode
from antiphon.media.unreadable import UnreadableError

TEXTS = [
    ("cp1252", "Grüße aus Köln, ein naïves Café"), ("cp1252", "Price: 5 € “fine”"), ("latin-1", "Ünïcödé"),
    ("latin-1", "name;straße\r\nMüller;Hauptstraße 5\r\n" * 100), ("cp1250", "Zażółć gęślą jaźń, proszę państwa."),
    ("cp1251", "Привет, как дела? Это небольшой текст."), ("koi8-r", "Привет, как дела? Это небольшой текст."),
    ("cp1253", "Καλημέρα, πώς είστε; Αυτό είναι ένα κείμενο."), ("shift_jis", "これは日本語の文章です。"),
    ("gb18030", "这是一个中文文本。"), ("big5", "這是一個中文文本。我們在這裡寫一些東西。"),
    ("euc-kr", "안녕하세요. 한국어 문장입니다."),
    ("cp1254", "Günayd\u0131n, nas\u0131ls\u0131n\u0131z? İyi akşamlar, teşekkürler."),
    ("cp1256", "مرحبا كيف حالك اليوم؟ هذا نص قصير."),
]  # fmt: skip


@pytest.mark.parametrize(("charset", "text"), TEXTS)
def test_guessed(charset: str, text: str) -> None:
    """What is not Unicode is known by how it looks."""
    assert decode(text.encode(charset)) == text


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@given(st.text(st.characters(codec="utf-8", exclude_characters="\0\ufeff"), min_size=1))
def test_unicode(charset: str, text: str) -> None:
    """By its mark, or UTF-8 without one."""
    assert decode(text.encode(charset)) == text


def test_big_endian() -> None:
    """In either order."""
    assert decode(b"\xfe\xff\x00a") == "a"
    assert decode(b"\0\0\xfe\xff\0\0\0a") == "a"


@pytest.mark.parametrize(
    "data",
    [b"a\0b", "no mark".encode("utf-16-le"), b"\xff\xfea", b"\xff\xfe\0\xd8", b"\xef\xbb\xbf\xff",
     b"\xff\xfe\0\0\1\1\1\1"]
)  # fmt: skip
def test_no_text(data: bytes) -> None:
    """NULs without a mark, and what its mark does not fit; nothing is replaced."""
    with pytest.raises(UnreadableError, match="is not text that can be read; save it as UTF-8"):
        decode(data)


@pytest.mark.parametrize(
    ("declared", "text"),
    [("ISO-8859-1", "€"), ("windows-1251", "Ђ"), ("zip", None), ("rot13", None), ("no such", None),
     ("\0", None), ("a" * 999, None)],
)  # fmt: skip
def test_declared(declared: str, text: str | None) -> None:
    """By the web's names; a name of no character set, or of a codec that is none, is as good as none."""
    assert decode(b"\x80", declared) == (text or decode(b"\x80"))


def test_lines_and_controls() -> None:
    """Lines end in one way, and what is left has no control character but tabs."""
    assert clean("a\r\nb\rc\fd\ve\x85f\tg\x07h\x9fi\x7f\ufffe") == "a\nb\nc\nd\ne\nf\tghi"


def test_colours_of_terminals() -> None:
    """Logs may be full of them; they are left out as a whole."""
    assert clean_text("\x1b[1;31mred\x1b[0m\r\n") == "red\n"


def test_more_controls_than_text_has() -> None:
    """One in a hundred may be anything; more are no text."""
    assert clean_text("\x01" + "a" * 99) == "a" * 99
    with pytest.raises(UnreadableError, match="is not text"):
        clean_text("\x01" + "a" * 98)


@given(st.text())
def test_cleaning_twice(text: str) -> None:
    """Is the same as once."""
    assert clean(clean(text)) == clean(text)
