"""Markdown to what is spoken of it: words stay, signs that only change how they look go. Pure.

Works on one sentence, which may be cut out of the middle of a bold part, a link or a table, so signs are taken away by
what stands beside them and not by pairs. Every expression takes time in proportion to the text.
"""

import html
import re

LINES = [
    (
        re.compile(r"(?m)^[ \t]*(?:```|~~~)[ \t]*[A-Za-z0-9+#.-]{0,30}[ \t]*$"),
        "",
    ),  # the fence of code, with its language
    (re.compile(r"(?m)^[ \t]*(?:>[ \t]*)*(?:#{1,6}[ \t]+|[-*+•◦▪][ \t]+(?:\[[ xX]\][ \t]+)?)?"), ""),
]
LINKS = [
    (re.compile(r"\[\^[^\[\]\s]{1,40}\]:?"), ""),
    (
        re.compile(
            r"!?\[([^\[\]]{0,300})\](?:\([^()\s]{0,2000}(?:\s+[\"'][^\"'\n]{0,200}[\"'])?\)|\[[^\[\]]{0,100}\])"
        ),
        r"\1",
    ),
    (re.compile(r"\]\([^()\s]{0,2000}\)"), ""),  # of a link that began in the sentence before
    (re.compile(r"<((?:https?|mailto):[^<>\s]{0,2000})>"), r"\1"),
    (
        re.compile(r"(?:https?://(?:www\.)?|mailto:)([^\s<>?#()]{1,2000})(?:[?#][^\s<>()]{0,2000}(?<![.,;:!?\"']))?"),
        r"\1",
    ),
    (
        re.compile(
            r"</?(?:a|b|i|u|p|em|br|hr|li|ol|ul|td|th|tr|sub|sup|kbd|pre|div|code|span|strong|table)\b[^<>]{0,200}>"
        ),
        " ",
    ),
]
SIGNS = [
    (re.compile(r"\\([^\w\s])"), r"\1"),
    (re.compile(r"(?<=[\d)])[ \t]*\*[ \t]*(?=[\d(])|(?<=\w) \* (?=\w)"), " times "),
    (re.compile(r"\*+"), ""),
    (re.compile(r"~~+|`+"), ""),
    (re.compile(r"(?<!\w)_+(?=\S)|(?<=[^\s_])_+(?!\w)"), ""),
    (re.compile(r"[-=]{1,2}>"), " to "),
    (re.compile(r"!==?"), " is not equal to "),
    (re.compile(r"<="), " is less than or equal to "),
    (re.compile(r">="), " is greater than or equal to "),
    (re.compile(r"(?<![=\s])===?(?!=)|(?<=\s)===?(?=\s)"), " equals "),
    (re.compile(r"(?<=\d)\s*--+\s*(?=\d)"), "-"),
    (re.compile(r"--+"), "—"),
    (re.compile(r"([!?.,;:])\1{3,}"), r"\1"),
    (re.compile(r"([#$%&'\"()+/<=>@^_~|{}\[\]\\-])\1{2,}"), " "),
]
SILENT_LINE = frozenset(" \t:|-=*_+")


def strip_markup(text: str) -> str:
    """The text as one would read it aloud. Links are their words, addresses lose `https://` and what stands behind
    `?`, cells of a table have commas between them, rules and fences are nothing.
    """
    text = "\n".join(strip_line(line) for line in text.split("\n"))
    for pattern, written in (*LINES, *LINKS):
        text = pattern.sub(written, text)
    text = html.unescape(text)
    for pattern, written in SIGNS:
        text = pattern.sub(written, text)
    return text


def strip_line(line: str) -> str:
    """A line of Markdown without the frame of a table; nothing, if it is but a line drawn."""
    bare = line.strip()
    if len(bare) >= 3 and SILENT_LINE.issuperset(bare):
        return ""
    if len(bare) < 3 or not bare.startswith("|"):
        return line
    return ", ".join(cell.strip() for cell in bare.strip("|").split("|") if cell.strip())
