"""A small writer of PDF files, right ones and wrong ones."""

from collections.abc import Sequence

FONT = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"


def write_pdf(
    *pages: Sequence[str], box: str = "0 0 595 842", count: int | None = None, trailer: str = "", extra: str = ""
) -> bytes:
    """A page for each sequence of lines. count: what it says to have; trailer, extra: entries of trailer and pages."""
    kids = [4 + 2 * index for index in range(len(pages))]
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{' '.join(f'{kid} 0 R' for kid in kids)}] /Count {count or len(pages)} >>",
        FONT,
    ]
    for kid, lines in zip(kids, pages, strict=True):
        page = f"<< /Type /Page /Parent 2 0 R /MediaBox [{box}] /Contents {kid + 1} 0 R {extra}"
        objects += [f"{page} /Resources << /Font << /F1 3 0 R >> >> >>", write_stream(write_lines(lines))]
    return write_objects(objects, trailer)


def write_lines(lines: Sequence[str]) -> str:
    escaped = (line.translate({92: "\\\\", 40: "\\(", 41: "\\)"}) for line in lines)
    return "BT /F1 11 Tf 14 TL 50 800 Td " + " ".join(f"({line}) Tj T*" for line in escaped) + " ET"


def write_stream(content: str) -> str:
    return f"<< /Length {len(content)} >>\nstream\n{content}\nendstream"


def write_objects(objects: Sequence[str], trailer: str = "") -> bytes:
    data = b"%PDF-1.7\n"
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(data))
        data += f"{number} 0 obj\n{body}\nendobj\n".encode("cp1252")
    entries = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{entries}trailer\n<< /Size {size} /Root 1 0 R {trailer} >>\n"
    return data + f"{end}startxref\n{len(data)}\n%%EOF\n".encode()
