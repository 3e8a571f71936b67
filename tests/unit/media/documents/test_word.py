"""Word's documents as Markdown."""

from io import BytesIO

import docx
import pytest

from antiphon.media.documents.numbering import write_number
from antiphon.media.documents.word import read_word
from antiphon.media.unreadable import UnreadableError
from tests.unit.media.documents import words
from tests.unit.media.documents.words import item, level, numbering, paragraph, write_word, write_zip


def run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def box(text: str) -> str:
    return f"<w:txbxContent>{paragraph(text)}</w:txbxContent>"


def row(*cells: str, properties: str = "") -> str:
    return f"<w:tr>{properties}{''.join(f'<w:tc>{cell}</w:tc>' for cell in cells)}</w:tr>"


def span(num: int) -> str:
    return f'<w:tcPr><w:gridSpan w:val="{num}"/></w:tcPr>'


def test_what_python_docx_writes() -> None:
    """Headings, paragraphs, lists and tables come in their order, by the styles of a real template."""
    document = docx.Document()
    document.add_heading("Annual report", 0)
    document.add_heading("Sales", 1)
    document.add_paragraph("They rose.\tMuch.")
    for style in ("List Bullet", "List Number"):
        for text in ("one", "two"):
            document.add_paragraph(text, style=style)
    table = document.add_table(2, 2)
    for index, text in enumerate(["Year", "Sum", "2025", "3|4"]):
        table.cell(index // 2, index % 2).text = text
    document.add_heading("Details", 2)
    buffer = BytesIO()
    document.save(buffer)
    assert read_word(buffer.getvalue()) == (
        "# Annual report\n\n# Sales\n\nThey rose.\tMuch.\n\n- one\n- two\n1. one\n2. two\n\n"
        "| Year | Sum |\n| --- | --- |\n| 2025 | 3\\|4 |\n\n## Details"
    )


BODIES = {
    "runs are put together": (f"<w:p>{run('a')}{run('b')}</w:p>", "ab"),
    "content controls are read": (f"<w:sdt><w:sdtPr/><w:sdtContent>{paragraph('in')}</w:sdtContent></w:sdt>", "in"),
    "insertions are read": (f"<w:p>{run('a')}<w:ins>{run('b')}</w:ins></w:p>", "ab"),
    "deletions are not": (f"<w:p>{run('a')}<w:del><w:r><w:delText>b</w:delText></w:r></w:del></w:p>", "a"),
    "what moved is read once": (f"<w:p><w:moveFrom>{run('x')}</w:moveFrom><w:moveTo>{run('x')}</w:moveTo></w:p>", "x"),
    "links are their text": (f"<w:p><w:hyperlink>{run('here')}</w:hyperlink></w:p>", "here"),
    "fields are their result": (f"<w:p><w:r><w:instrText>DATE</w:instrText></w:r>{run('May')}</w:p>", "May"),
    "hidden text is left out": ("<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>x</w:t></w:r></w:p>" + paragraph("y"), "y"),
    "what is not hidden after all is read": (
        '<w:p><w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>x</w:t></w:r></w:p>', "x",
    ),
    "text boxes come after their paragraph, and once": (
        f"<w:p><w:r><mc:AlternateContent><mc:Choice>{box('box')}</mc:Choice><mc:Fallback>{box('box')}</mc:Fallback>"
        f"</mc:AlternateContent></w:r>{run('text')}</w:p>",
        "text\n\nbox",
    ),
    "breaks and tabs": (f"<w:p>{run('a')}<w:r><w:br/><w:t>b</w:t><w:tab/><w:t>c</w:t></w:r></w:p>", "a\nb\tc"),
    "symbols": ('<w:p><w:r><w:sym w:char="F0FE"/><w:sym w:char="F041"/><w:sym w:char="zz"/></w:r></w:p>', "☑•"),
    "headings by their level": (paragraph("h", '<w:outlineLvl w:val="2"/>'), "### h"),
    "empty paragraphs are none": (paragraph("a") + "<w:p/>" + paragraph("b"), "a\n\nb"),
    "tables have all their cells": (
        f"<w:tbl><w:tblPr/>{row(paragraph('a'), span(2) + paragraph('b'))}"
        f"{row(*map(paragraph, 'cde'))}</w:tbl>",
        "| a | b |  |\n| --- | --- | --- |\n| c | d | e |",
    ),
    "tables for looks are paragraphs": (
        f"<w:tbl>{row(paragraph('a') + paragraph('b'), paragraph('c'))}</w:tbl>", "a\n\nb\n\nc",
    ),
    "deleted rows are left out": (
        f"<w:tbl>{row(*map(paragraph, 'ab'))}{row(paragraph('c'), properties='<w:trPr><w:del/></w:trPr>')}</w:tbl>",
        "| a | b |\n| --- | --- |",
    ),
    "columns without end are cut to what Word has": (
        f"<w:tbl>{row(span(999_999_999) + paragraph('a'))}</w:tbl>",
        f"| a |{'  |' * 62}\n|{' --- |' * 63}",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BODIES)
def test_body(name: str) -> None:
    """What is in the text, and what is not."""
    body, text = BODIES[name]
    assert read_word(write_word(body)) == text


def test_styles() -> None:
    """Headings are known by their style's name, also through the style it is based on."""
    styles = (
        '<w:style w:type="paragraph" w:styleId="Two"><w:name w:val="heading 2"/><w:basedOn w:val="Mine"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="Mine"><w:name w:val="Mine"/><w:basedOn w:val="Two"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="Deep"><w:name w:val="heading 9"/></w:style>'
    )
    body = "".join(paragraph(style, f'<w:pStyle w:val="{style}"/>') for style in ("Two", "Mine", "Deep", "Lost"))
    assert read_word(write_word(body, styles=styles)) == "## Two\n\n## Mine\n\n###### Deep\n\nLost"


def test_numbers() -> None:
    """Lists are numbered as Word shows it: deeper levels begin anew, and a list goes on after other paragraphs."""
    lists = numbering(
        level(0, "decimal", "%1."),
        level(1, "lowerLetter", "%1.%2)"),
        level(2, "upperRoman", "(%3)", 4),
        level(3, "bullet", "•"),
    )
    body = "".join(
        [
            item("a", 1),
            item("b", 1, 1),
            item("c", 1, 1),
            item("d", 1, 2),
            item("e", 1, 3),
            paragraph("between"),
            item("f", 2),
            item("g", 2, 1),
            item("none", 0),
            item("unknown", 99),
        ]
    )
    assert read_word(write_word(body, numbering=lists)) == (
        "1. a\n  1.a) b\n  1.b) c\n    (IV) d\n      - e\n\nbetween\n\n2. f\n  2.a) g\n\nnone\n\nunknown"
    )


@pytest.mark.parametrize(
    ("number", "form", "text"),
    [(27, "lowerLetter", "aa"), (1994, "upperRoman", "MCMXCIV"), (4000, "lowerRoman", "4000"), (7, "decimalZero", "07"),
     (9999, "upperLetter", "9999"), (3, "chineseCounting", "3")],
)  # fmt: skip
def test_how_numbers_are_written(number: int, form: str, text: str) -> None:
    """Digits, where a form is not known or would be endless."""
    assert write_number(number, form) == text


def test_notes() -> None:
    """Foot- and endnotes come at the end, in the order of their marks, each once."""
    note = '<w:footnote w:id="{0}">' + paragraph("note {0}") + "</w:footnote>"
    marks = "".join(f'<w:r><w:footnoteReference w:id="{number}"/></w:r>' for number in (5, 3, 5))
    end = '<w:r><w:endnoteReference w:id="1"/></w:r>'
    data = write_word(
        f"<w:p>{run('text')}{marks}{end}</w:p>",
        footnotes="".join(note.format(number) for number in (3, 4, 5)),
        endnotes=f'<w:endnote w:id="1">{paragraph("end")}</w:endnote>',
    )
    assert read_word(data) == "text[^1][^2][^1][^e1]\n\n[^1]: note 5\n\n[^2]: note 3\n\n[^e1]: end"


def test_main_part_of_another_name() -> None:
    """The main part is found as Word finds it, by relation."""
    assert read_word(write_word(paragraph("a"), main="word/document2.xml")) == "a"


def test_bare_main_part() -> None:
    """Nothing but the text is needed."""
    document = f"<w:document {words.NAMESPACES}><w:body>{paragraph('a')}</w:body></w:document>"
    assert read_word(write_zip({"word/document.xml": document})) == "a"


LOL = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
HOSTILE = {
    "a laughing billion": (write_word("&l9;", before=f'<!DOCTYPE l [<!ENTITY l0 "lol">{LOL}]>'), "document type"),
    "an entity from a file": (
        write_word("&e;", before='<!DOCTYPE e [<!ENTITY e SYSTEM "file:///etc/passwd">]>'), "document type",
    ),
    "a document type from the net": (
        write_word("", before='<!DOCTYPE e SYSTEM "http://127.0.0.1:1/e.dtd">'), "document type",
    ),
    "an unknown entity": (write_word("&e;"), "broken Word"),
    "no main part": (write_zip({"word/styles.xml": "<a/>"}), "its text is missing"),
    "a main part that is no XML": (write_zip({"word/document.xml": "no"}), "broken Word"),
    "an unknown character set": (
        write_zip({"word/document.xml": '<?xml version="1.0" encoding="x"?><a/>'}), "broken Word",
    ),
    "a character set of many bytes": (
        write_zip({"word/document.xml": '<?xml version="1.0" encoding="utf-7"?><a/>'}), "broken Word",
    ),
    "paragraphs without end": (write_word("<w:p>" * 100_000), "more than 128 levels"),
    "a bomb": (write_word(" " * 20_000_000), "20,000,524, which is far more"),
    "a bomb in a picture": (
        write_zip({"word/document.xml": "<a/>", "word/media/a.png": bytes(20_000_000)}), "far more than documents do",
    ),
    "a bomb that lies": (words.lie_on_size(write_word(" " * 20_000_000), "word/document.xml", 100), "broken Word"),
    "many files": (write_zip(dict.fromkeys(map(str, range(10_001)), "")), "more than 10,000 files"),
    "a zip cut short": (write_word(paragraph("a"))[:-30], "broken zip"),
    "a member cut out": (write_word("a" * 99)[60:], "broken"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile(name: str) -> None:
    """Refused with the reason, before it costs anything."""
    data, reason = HOSTILE[name]
    with pytest.raises(UnreadableError, match=reason):
        read_word(data)


def test_size_that_lies_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes out of a member is counted, whatever it was said to be."""
    monkeypatch.setattr("antiphon.media.documents.package.MOST_PART_BYTES", 1000)
    with pytest.raises(UnreadableError, match="has a part of more than"):
        read_word(write_word("<w:p/>" * 1000))


def test_many_elements(monkeypatch: pytest.MonkeyPatch) -> None:
    """Elements cost more than they are long, and are counted."""
    monkeypatch.setattr("antiphon.media.documents.package.MOST_ELEMENTS", 100)
    with pytest.raises(UnreadableError, match="more than 100 elements"):
        read_word(write_word("<w:p/>" * 100))


def test_encrypted_member() -> None:
    """A zip with a password says so."""
    data = bytearray(write_zip({"word/document.xml": "<a/>"}))
    data[6] |= 1
    data[data.index(b"PK\1\2") + 8] |= 1
    with pytest.raises(UnreadableError, match="is encrypted"):
        read_word(bytes(data))
