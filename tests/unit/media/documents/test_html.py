"""Web pages as Markdown."""

import pytest

from antiphon.media.documents.html import read_html
from antiphon.media.unreadable import UnreadableError

PAGES = {
    "title and headings": ("<title>T</title><h1>A <b>b</b></h1><h3>C</h3>", "T\n\n# A b\n\n### C"),
    "paragraphs end themselves": ("<p>a<p>b", "a\n\nb"),
    "text around blocks": ("a<div>b</div>c<section>d</section>", "a\n\nb\n\nc\n\nd"),
    "space is one space": ("<p> a \n\t b<i> c</i> </p>", "a b c"),
    "breaks": ("<p>a<br>b<br/> c", "a\nb\nc"),
    "lists": ("<ul><li>a<li>b<ul><li>c</ul><li>d</ul>", "- a\n- b\n  - c\n- d"),
    "numbered lists": ("<ol><li>a</li><li value=7>b</li><li>c</li></ol>", "1. a\n7. b\n8. c"),
    "empty items and headings": ("<ul><li></ul><p>a<h1><img></h1>b", "a\n\nb"),
    "links are their text": ('<a href="https://example.org">here</a> and there', "here and there"),
    "entities": ("<p>&lt;b&gt; &amp; &eacute; &#x20ac; &nbsp;x", "<b> & é € \xa0x"),
    "tables": (
        "<table><caption>C</caption><thead><tr><th>A<th>B</thead><tr><td>1<td>2|3</table>",
        "C\n\n| A | B |\n| --- | --- |\n| 1 | 2\\|3 |",
    ),
    "tables for looks": ("<table><tr><td><p>a<p>b<td><table><tr><td>c</table></table>d", "a\n\nb\n\nc\n\nd"),
    "cells that are lost": ("<td>a</td><table><td>b<td>c</table>", "a\n\n| b | c |\n| --- | --- |"),
    "preformatted": ("<pre>\na\n  b\n</pre>", "```\na\n  b\n```"),
    "scripts and styles": ("<script>if (a<b) x('<p>')</script><style>p{}</style><p>a", "a"),
    "comments": ("a<!-- b --><!--[if IE]>c<![endif]-->", "a"),
    "templates and pictures": ("<template>a</template><svg><text>b</text></svg><img alt=c>d", "d"),
    "hidden": ("<p hidden>a<p>b<span style='color:red; DISPLAY : none'>c<i>d</i></span>e", "be"),
    "hidden tables": ("<table><tr><td hidden>a<td>b<td>c</table>", "| b | c |\n| --- | --- |"),
    "what opens": ("<p style='display:block'>a</p><details><summary>b</summary>c</details>", "a\n\nb\n\nc"),
    "ruby": ("<ruby>漢<rt>kan</rt></ruby>", "漢"),
    "never closed": ("<div><p>a<b>b<table><tr><td>c", "ab\n\nc"),
    "closed too often": ("a</div></table></td></ul>b</p>c", "abc"),
    "not a tag": ("a < b <3 c", "a < b <3 c"),
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_pages(name: str) -> None:
    """What a browser shows, and nothing else."""
    page, text = PAGES[name]
    assert read_html(page.encode()) == text


@pytest.mark.parametrize(
    "data",
    ["<meta charset=latin1>ü".encode("latin-1"), "<meta charset='shift_jis'>ü".encode(),
     '<meta http-equiv=x content="text/html; charset=iso-8859-1">ü'.encode("latin-1"), "\ufeffü".encode("utf-16")],
)  # fmt: skip
def test_character_sets(data: bytes) -> None:
    """UTF-8 wherever it fits, then what the page says."""
    assert read_html(data) == "ü"


MANY = 100_000
BOUNDED = {
    "nested": "<div>" * MANY, "nested and styled": "<b>" * MANY + "</i>" * MANY,
    "nested tables": "<table><tr><td>" * MANY,
    "nested lists": "<ul><li>x" * MANY, "hidden and nested": "<i hidden>" * MANY,
}  # fmt: skip


@pytest.mark.parametrize("name", BOUNDED)
def test_nested_without_end(name: str) -> None:
    """Refused as soon as it is deeper than browsers go."""
    with pytest.raises(UnreadableError, match="more than 1,000 elements within each other"):
        read_html(BOUNDED[name].encode())


@pytest.mark.parametrize(
    ("page", "num_chars"),
    [("<p>x" * 20_000, 59_998), ("<ul><li>x" * 450 + "<li>y" * 1000, 28_927), ("<a " + "x=1 " * MANY + ">y", 1),
     ("<!--" * MANY, 0), ("<" * MANY, MANY),
     ("".join(f"<font color={n}>" for n in range(900)) + "<p>x" * 9000, 26_998)],
)  # fmt: skip
def test_much_of_little(page: str, num_chars: int) -> None:
    """Text does not grow: indents end, and formats that are never closed are not repeated."""
    assert len(read_html(page.encode())) == num_chars
