"""Broken and hostile images, recordings and files: 400 with the part's place, in words of ours, never a 5xx; the server
goes on, and its memory stays bounded.
"""

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from PIL import Image

from antiphon.completion.gather import MOST_MEDIA
from tests.contract.live import COMPLETIONS, body, error_of
from tests.contract.processes import check_log, serve_scripted
from tests.model.processes import Server
from tests.unit.media.documents.pdfs import write_pdf
from tests.unit.media.documents.words import paragraph, write_word, write_zip
from tests.unit.media.hearing.sounds import chunk as riff_chunk
from tests.unit.media.hearing.sounds import header, riff
from tests.unit.media.pictures import HEIC, ICO, SVG, chunk, data_url, gradient, many_scans, png, save, zeros

OURS, THEIRS = "ours", "theirs"
FILE_ID = re.compile(r"file-[\w-]{24}")
"""At random, so it may have any word in it."""
FOREIGN = re.compile(
    r"(?i)pillow|\bpil\b|pdfium|libav|ffmpeg|lxml|libxml|zlib|errno|error|exception|traceback|/usr|/home|/tmp|/work"
    r"|site-packages|0x|\.py\b|struct|codec"
)
"""What only a library says, or who looks into the server."""
MOST_MB = 1000
"""Resident, of the process that talks to clients: half of it for all pictures of a request, as they are seen."""


class Case(NamedTuple):
    """part: of a message's content. at: what is wrong with it, below the part. code: of the error."""

    part: dict[str, Any]
    at: str
    code: str


def image(url: bytes | str, **fields: Any) -> Case:
    """By its data URL."""
    told = data_url(url) if isinstance(url, bytes) else url
    return Case({"type": "image_url", "image_url": {"url": told, **fields}}, "image_url.url", "invalid_image")


def audio(data: bytes | str, kind: str = "wav") -> Case:
    """In base64."""
    told = base64.b64encode(data).decode() if isinstance(data, bytes) else data
    part = {"type": "input_audio", "input_audio": {"data": told, "format": kind}}
    return Case(part, "input_audio.data", "invalid_audio")


def file(data: bytes | str, name: str = "a.pdf") -> Case:
    """By what is in it."""
    told = base64.b64encode(data).decode() if isinstance(data, bytes) else data
    return Case({"type": "file", "file": {"file_data": told, "filename": name}}, "file.file_data", "invalid_file")


WHOLE = {kind: save(gradient(), kind) for kind in ("png", "jpeg", "webp", "gif", "bmp")}
PDF, WORD = write_pdf(["Hello"]), write_word(paragraph("Hello"))
WAV = riff(header(), riff_chunk(b"data", bytes(32_000)))
MP3 = (b"\xff\xfb\x90\x64" + bytes(413)) * 20
FRAMES = [Image.new("RGB", (4, 4), (index, 0, 0)) for index in range(50)]

IMAGES = {
    "nothing at all": image("data:image/png;base64,"),
    "no base64": image("data:image/png;base64,!!!!"),
    "base64 that is cut off": image("data:image/png;base64,iVBORw0KGgo"),
    "base64 for URLs": image("data:image/png;base64,_-_-"),
    "a data URL without a comma": image("data:image/png;base64"),
    "a broken percent sign": image("data:image/png,%zz"),
    "text": image(b"hello"),
    "zeros": image(bytes(1000)),
    "more than 20 MB": image("data:image/png;base64," + "A" * 28_000_000),
    "half a PNG": image(WHOLE["png"][: len(WHOLE["png"]) // 2]),
    "half a JPEG": image(WHOLE["jpeg"][:300]),
    "half a WebP": image(WHOLE["webp"][: len(WHOLE["webp"]) // 2]),
    "half a GIF": image(WHOLE["gif"][: len(WHOLE["gif"]) // 2]),
    "half a BMP": image(WHOLE["bmp"][:200]),
    "a PNG's first bytes": image(b"\x89PNG\r\n\x1a\n"),
    "a PNG of 100,000 x 100,000": image(png((100_000, 100_000), b"")),
    "a WebP of 16,384 x 16,384": image(b"RIFF\x1e\0\0\0WEBPVP8X\n\0\0\0\0\0\0\0\xff\x3f\0\xff\x3f\0VP8 \0\0\0\0"),
    "a BMP of two thousand million": image(
        b"BM" + bytes(12) + b"\x28\0\0\0\0\x94\x35\x77\1\0\0\0\1\0\x18\0" + bytes(24)
    ),
    "zTXt of 2 GB": image(png((1, 1), b"\0\1\2\3", chunk(b"zTXt", b"a\0\0" + zeros(2000)))),
    "iCCP of 2 GB": image(png((1, 1), b"\0\1\2\3", chunk(b"iCCP", b"a\0\0" + zeros(2000)))),
    "a JPEG of thousands of scans": image(many_scans(5000)),
    "a GIF that is JavaScript": image(b"GIF89a/*" + bytes(20) + b"*/=1;alert(1)"),
    "a PDF that begins as a GIF": image(b"GIF89a" + PDF),
    "a PDF": image(PDF),
    "a zip": image(WORD),
    "SVG": image(SVG),
    "SVG that names a file": image(b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg/>'),
    "HEIC": image(HEIC),
    "ICO": image(ICO),
    "TIFF": image(save(gradient(), "tiff")),
    "HTML": image(b"<!doctype html><script>alert(1)</script>"),
    "a recording": image(WAV),
}  # fmt: skip
RECORDINGS = {
    "no base64": audio("!!!!"), "a data URL": audio("data:audio/wav;base64,UklGRg=="), "spaces": audio("    "),
    "text": audio(b"hello"), "zeros": audio(bytes(5000)), "a picture": audio(WHOLE["png"]),
    "WAV's first bytes": audio(b"RIFF"), "WAV without sound": audio(riff(header())),
    "WAV of no samples": audio(riff(header(), riff_chunk(b"data", b""))),
    "WAV that breaks off": audio(riff(header(), riff_chunk(b"data", bytes(8000), 400_000))),
    "WAV of no rate": audio(riff(header(rate=0), riff_chunk(b"data", bytes(8000)))),
    "WAV of no channels": audio(riff(header(channels=0), riff_chunk(b"data", bytes(8000)))),
    "WAV of 65,535 channels": audio(riff(header(channels=65_535), riff_chunk(b"data", bytes(8000)))),
    "WAV of a thousand million a second": audio(riff(header(rate=10**9), riff_chunk(b"data", bytes(8000)))),
    "WAV of an unknown kind": audio(riff(header(tag=0x4242), riff_chunk(b"data", bytes(8000)))),
    "two hours": audio(riff(header(rate=2000, bits=8), riff_chunk(b"data", bytes(14_400_000)))),
    "half a frame of MP3": audio(MP3[:100], "mp3"),
    "MP3 behind an endless tag": audio(b"ID3\4\0\0\x7f\x7f\x7f\x7f", "mp3"),
    "junk as MP3": audio(bytes(range(256)) * 20, "mp3"),
    "an Ogg of junk": audio(b"OggS\0\2" + bytes(range(256)) * 4), "a FLAC of junk": audio(b"fLaC" + bytes(4000)),
    "an MP4 of junk": audio(b"\0\0\0\x18ftypM4A \0\0\0\0isommp42" + bytes(400)),
    "a Matroska of junk": audio(b"\x1aE\xdf\xa3\x9fB\x86\x81\1B\xf7\x81\1B\x82\x84webm" + bytes(400)),
    "a playlist": audio(b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"),
}  # fmt: skip
FILES = {
    "nothing": file(""), "no base64": file("!!!!"), "base64 that is cut off": file("JVBERi0xL"),
    "a data URL of nothing": file("data:application/pdf;base64,"), "white space": file(b" \n\t", "a.txt"),
    "half a PDF": file(PDF[: len(PDF) // 2]), "PDF's first bytes": file(b"%PDF-1.7\n"),
    "an encrypted PDF": file(write_pdf(["a"], trailer="/Encrypt << /Filter /Standard /V 9 >>")),
    "half a Word document": file(WORD[:-30], "a.docx"),
    "Word without its text": file(write_zip({"word/a.xml": "<a/>"})),
    "Word of 20 MB of spaces": file(write_word(" " * 20_000_000), "a.docx"),
    "Word with an entity": file(
        write_word("&a;", before='<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>'), "a.docx"
    ),
    "an Excel workbook": file(write_zip({"xl/workbook.xml": ""}), "a.xlsx"),
    "a zip": file(write_zip({"a": "b"}), "a.zip"),
    "an executable": file(b"\x7fELF\2\1\1\0" + bytes(600), "a.txt"), "a picture": file(WHOLE["png"], "a.png"),
    "a recording": file(WAV, "a.txt"), "nul": file(b"a\0b", "a.txt"), "binary": file(bytes(range(1, 256)), "a.csv"),
    "six million characters": file(b"a" * 6_000_000, "a.txt"), "HTML without end": file(b"<div>" * 100_000, "a.html"),
    "old Word": file(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.doc"),
}  # fmt: skip
CASES = {
    f"{kind}: {name}": case
    for kind, cases in (("image", IMAGES), ("audio", RECORDINGS), ("file", FILES))
    for name, case in cases.items()
}
UPLOADS = ("half a PDF", "an encrypted PDF", "half a Word document", "a zip", "a picture", "nul", "HTML without end")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A process of its own, for two projects."""
    keys = ("--api-key", f"team:{OURS}", "--api-key", f"others:{THEIRS}")
    with serve_scripted(tmp_path_factory.mktemp("server"), *keys) as server:
        yield server


@pytest.fixture(scope="module")
def http(server: Server) -> Iterator[httpx.Client]:
    """Who asks, for one of the projects."""
    with httpx.Client(base_url=server.url, headers={"authorization": f"Bearer {OURS}"}, timeout=120) as client:
        yield client


@pytest.fixture(autouse=True)
def lives(server: Server, http: httpx.Client) -> Iterator[None]:
    """After whatever a test sent, a good request is answered, of which nothing is text; memory is bounded."""
    yield
    good = [image(WHOLE["png"]).part, audio(WAV).part, file(b"Hello", "a.txt").part]
    answer = http.post(COMPLETIONS, json=body(good))
    assert answer.status_code == 200, answer.text
    assert resident_mb(server.process.pid) < MOST_MB


def resident_mb(pid: int) -> int:
    """The most that it ever was."""
    (most,) = re.findall(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(most) // 1024


def check(answer: httpx.Response, param: str, code: str) -> str:
    """The message of a 400 about that."""
    assert answer.status_code == 400, answer.text
    error = error_of(answer)
    assert (error["type"], error["param"], error["code"]) == ("invalid_request_error", param, code), error
    assert len(error["message"]) < 400
    said = FILE_ID.sub("", error["message"].replace(param, ""))
    assert not FOREIGN.search(said), said
    message: str = error["message"]
    return message


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("name", CASES)
def test_what_cannot_be_read(http: httpx.Client, name: str, stream: bool) -> None:
    """It is 400, with its place; behind what can be read, too, and before a stream begins."""
    case = CASES[name]
    answer = http.post(COMPLETIONS, json=body([{"type": "text", "text": "Hi"}, case.part], stream=stream))
    told = check(answer, f"messages[0].content[1].{case.at}", case.code)
    kind = {"audio": "recording"}.get(name.partition(":")[0], name.partition(":")[0])
    assert told.startswith(f"The {kind} at 'messages[0].content[1].{case.at}' ")


def test_there_are_enough_of_them() -> None:
    """The table has what the issue asks for."""
    assert len(CASES) >= 30


@pytest.mark.parametrize("name", UPLOADS)
def test_uploads_that_cannot_be_read(http: httpx.Client, name: str) -> None:
    """What was uploaded is read when it is used: the same 400, at its id."""
    sent = FILES[name].part["file"]
    files = {"file": (sent["filename"], base64.b64decode(sent["file_data"]))}
    upload = http.post("/v1/files", files=files, data={"purpose": "user_data"})
    assert upload.status_code == 200, upload.text
    part = {"type": "file", "file": {"file_id": upload.json()["id"]}}
    check(http.post(COMPLETIONS, json=body([part])), "messages[0].content[0].file.file_id", "invalid_file")


def test_files_of_others(server: Server, http: httpx.Client) -> None:
    """An id of another project is as unknown as one that never was, and one that has been deleted."""
    files = {"file": ("a.txt", b"Secret words")}
    theirs = {"authorization": f"Bearer {THEIRS}"}
    name = http.post("/v1/files", files=files, data={"purpose": "user_data"}, headers=theirs).json()["id"]
    part = {"type": "file", "file": {"file_id": name}}
    assert http.post(COMPLETIONS, json=body([part]), headers=theirs).status_code == 200
    place = "messages[0].content[0].file.file_id"
    told = check(http.post(COMPLETIONS, json=body([part])), place, "file_not_found")
    never = {"type": "file", "file": {"file_id": "file-" + "0" * 24}}
    assert check(http.post(COMPLETIONS, json=body([never])), place, "file_not_found") == told.replace(
        name, never["file"]["file_id"]
    )
    assert http.delete(f"/v1/files/{name}", headers=theirs).status_code == 200
    check(http.post(COMPLETIONS, json=body([part]), headers=theirs), place, "file_not_found")


NAMES = ["", "file-", "../../etc/passwd", "file-" + "a" * 5000, "file-\0", "%00", "' OR 1=1 --", "file-ü"]


@pytest.mark.parametrize("name", NAMES)
def test_ids_that_are_none(http: httpx.Client, name: str) -> None:
    """Whatever is said in the place of one, there is no such file."""
    answer = http.post(COMPLETIONS, json=body([{"type": "file", "file": {"file_id": name}}]))
    assert answer.status_code == 400
    assert error_of(answer)["param"] == "messages[0].content[0].file.file_id"


FORMS: dict[str, tuple[dict[str, Any], str]] = {
    "no name": ({"type": "file", "file": {"file_data": "SGVsbG8="}}, "file.filename"),
    "an empty name": ({"type": "file", "file": {"file_data": "SGVsbG8=", "filename": ""}}, "file.filename"),
    "both": (
        {"type": "file", "file": {"file_data": "SGVsbG8=", "filename": "a", "file_id": "file-a"}},
        "file.file_data",
    ),
    "neither": ({"type": "file", "file": {"filename": "a.txt"}}, "file.file_data"),
    "no file": ({"type": "file"}, "file"),
    "a number": ({"type": "file", "file": {"file_data": 1, "filename": "a"}}, "file.file_data"),
    "no URL": ({"type": "image_url", "image_url": {}}, "image_url.url"),
    "an empty URL": ({"type": "image_url", "image_url": {"url": ""}}, "image_url.url"),
    "a detail": ({"type": "image_url", "image_url": {"url": "data:,a", "detail": "all"}}, "image_url.detail"),
    "no format": ({"type": "input_audio", "input_audio": {"data": "AAAA"}}, "input_audio.format"),
    "no such format": ({"type": "input_audio", "input_audio": {"data": "AA==", "format": "ogg"}}, "input_audio.format"),
    "no data": ({"type": "input_audio", "input_audio": {"data": "", "format": "wav"}}, "input_audio.data"),
}


@pytest.mark.parametrize("name", FORMS)
def test_parts_that_are_none(http: httpx.Client, name: str) -> None:
    """What is missing, too much or of another kind is named by its path."""
    part, place = FORMS[name]
    answer = http.post(COMPLETIONS, json=body([part]))
    assert answer.status_code == 400
    error = error_of(answer)
    assert error["param"] == f"messages[0].content[0].{place}", error
    assert not FOREIGN.search(error["message"].replace(error["param"], ""))


@pytest.mark.parametrize("text", ["\\ud800", "\\udfff\\ud800"])
@pytest.mark.parametrize("place", ["url", "file_data", "filename", "data"])
def test_halves_of_characters(http: httpx.Client, place: str, text: str) -> None:
    """They are no text of JSON, wherever they stand, so nobody has to write them anywhere."""
    part = {"url": image("@"), "data": audio("@"), "file_data": file("@"), "filename": file(b"a", "@")}[place].part
    request = httpx.Request("POST", "http://a", json=body([part])).content.replace(b"@", text.encode())
    answer = http.post(COMPLETIONS, content=request, headers={"content-type": "application/json"})
    assert (answer.status_code, error_of(answer)["code"]) == (400, "invalid_json")


def test_too_many(http: httpx.Client) -> None:
    """As many as may be are read; one more is refused before any of them is."""
    small = image(png()).part
    assert http.post(COMPLETIONS, json=body([small] * MOST_MEDIA)).status_code == 200
    answer = http.post(COMPLETIONS, json=body([small] * (MOST_MEDIA + 1)))
    told = check(answer, f"messages[0].content[{MOST_MEDIA}]", "too_many_media")
    assert "128" in told and "129" in told


def test_the_first_is_told(http: httpx.Client) -> None:
    """Of several that cannot be read, in the order of the request, however long each takes."""
    parts = [image(WHOLE["png"]).part, image(SVG).part, image(b"hello").part, file("!!!!").part]
    told = check(http.post(COMPLETIONS, json=body(parts)), "messages[0].content[1].image_url.url", "invalid_image")
    assert "SVG" in told


def test_too_much_together(http: httpx.Client) -> None:
    """Pictures that are small as they are sent and large as they are seen are counted together."""
    large = image(save(Image.new("L", (8000, 8000)), "png"), detail="original").part
    answer = http.post(COMPLETIONS, json=body([large] * 12))
    place = str(error_of(answer)["param"])
    assert place in [f"messages[0].content[{number}]" for number in (8, 9, 10, 11)], "which of them is read last"
    check(answer, place, "invalid_image")


@pytest.mark.parametrize("role", ["system", "developer", "assistant", "tool"])
def test_media_of_others_than_users(http: httpx.Client, role: str) -> None:
    """The specification has none there."""
    answer = http.post(COMPLETIONS, json=body(messages=[{"role": role, "content": [image(WHOLE["png"]).part]}]))
    assert answer.status_code == 400
    assert str(error_of(answer)["param"]).startswith("messages[0]")


def test_nothing_unforeseen_was_logged(server: Server) -> None:
    """Nobody can fill the log with what is wrong with his files."""
    check_log(server)
