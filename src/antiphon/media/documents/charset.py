"""Text out of bytes: which characters they stand for, and what is left of them.

A byte order mark decides, then UTF-8 wherever it fits, then what the bytes declare, then a guess from how the text
looks. Line ends become \\n. Control characters are no text: those that terminals and printers use are left out, and a
file with more of them than any text has is refused.
"""

import codecs
import re

from charset_normalizer import from_bytes

from antiphon.media.unreadable import UnreadableError

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""UTF-32 before UTF-16, whose mark it begins with."""

GUESSED = [
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "iso8859_2", "koi8_r", "mac_roman",
    "tis_620", "cp932", "euc_jp", "gb18030", "big5", "cp949",
]  # fmt: skip
"""What files are written in that are not Unicode. Python knows more, and each makes the guess worse."""

LATIN = frozenset({"ascii", "iso8859-1"})
"""What the web means by these names is cp1252 (https://encoding.spec.whatwg.org)."""

LINE_END = re.compile("\r\n|[\r\f\v\x85]")
TERMINAL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")
MOST_CONTROLS = 0.01
"""Of all characters."""

NOT_TEXT = "is not text that can be read; save it as UTF-8"


def decode(data: bytes, declared: str | None = None) -> str:
    """As the bytes stand, but without the mark. declared: the name of a character set that they say they are in."""
    for mark, charset in MARKS:
        if data.startswith(mark):
            return decode_strictly(data.removeprefix(mark), charset)
    if b"\0" in data:
        raise UnreadableError(NOT_TEXT)
    if is_utf8(data):
        return data.decode()
    return decode_strictly(data, find_charset(declared) or guess(data))


def is_utf8(data: bytes) -> bool:
    """Whether all of it is."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def decode_strictly(data: bytes, charset: str) -> str:
    """Without replacing anything."""
    try:
        return data.decode(charset)
    except UnicodeError:
        raise UnreadableError(NOT_TEXT) from None


def find_charset(declared: str | None) -> str | None:
    """Python's name for one of those that are guessed, too: Python has codecs that are none, such as zip."""
    try:
        name = codecs.lookup(declared or "").name
    except (LookupError, ValueError):
        return None
    if name in LATIN:
        return "cp1252"
    return name if name in {codecs.lookup(charset).name for charset in GUESSED} else None


def guess(data: bytes) -> str:
    """The likeliest; of equally likely ones, that of Western Europe."""
    matches = from_bytes(data, cp_isolation=GUESSED)
    best = matches.best()
    if best is None:
        raise UnreadableError(NOT_TEXT)
    for match in matches:
        is_western = "cp1252" in (match.encoding, *match.could_be_from_charset)
        if is_western and match.chaos <= best.chaos and match.coherence >= best.coherence:
            return "cp1252"
    return best.encoding


def clean(text: str) -> str:
    """With \\n for line ends, and no control character but \\n and \\t."""
    return CONTROLS.sub("", LINE_END.sub("\n", text))


def clean_text(text: str) -> str:
    """The same of what claims to be text, which has hardly any."""
    text = LINE_END.sub("\n", TERMINAL.sub("", text))
    cleaned = clean(text)
    if len(text) - len(cleaned) > MOST_CONTROLS * len(text):
        raise UnreadableError(NOT_TEXT)
    return cleaned
