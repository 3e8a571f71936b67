"""Files over HTTP: what is kept, shown and given back, the same on SQLite and PostgreSQL; hostile forms are refused."""

import asyncio
import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from openai.types import FileDeleted, FileObject

from antiphon.server.gate import FORM_BYTES
from antiphon.store.keys import Scope
from antiphon.store.place import parse_url
from antiphon.store.store import open_store
from tests.contract.kept import BACKENDS, KEYS, Asker, serve_on
from tests.contract.live import error_of, serve
from tests.contract.test_answers import described
from tests.unit.schema.request.test_multipart import HOSTILE

FILES = "/v1/files"
MOST = 3 * 2**20
MOST_TOGETHER = 5 * 2**20
FORM = {"content-type": "multipart/form-data; boundary=b"}
WHOLE = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'


@pytest.fixture(scope="module", params=BACKENDS)
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A server with keys of three projects, two of them of one."""
    limits = {"max_file_bytes": MOST, "max_project_bytes": MOST_TOGETHER}
    with serve_on(request.param, request, api_key=KEYS, **limits) as url:
        yield url


@pytest.fixture
def askers(url: str) -> Iterator[list[Asker]]:
    """One for each key; nobody has anything yet."""
    with ExitStack() as stack:
        askers = [Asker(url, key.rpartition(":")[2], stack) for key in KEYS]
        for asker in askers:
            for name in names(asker):
                asker.http.delete(f"{FILES}/{name}")
        yield askers


@pytest.fixture
def ours(askers: list[Asker]) -> Asker:
    """One of them."""
    return askers[0]


def send(asker: Asker, data: bytes = b"Hello", name: str = "a.txt", **fields: str) -> httpx.Response:
    """What is answered to an upload."""
    return asker.http.post(FILES, files={"file": (name, data)}, data={"purpose": "user_data"} | fields)


def upload(asker: Asker, data: bytes = b"Hello", name: str = "a.txt", **fields: str) -> dict[str, Any]:
    """A file that is kept."""
    answer = send(asker, data, name, **fields)
    assert answer.status_code == 200, answer.text
    file: dict[str, Any] = answer.json()
    return file


def page(asker: Asker, **query: Any) -> dict[str, Any]:
    """A page of the list."""
    answer = asker.http.get(FILES, params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def names(asker: Asker, **query: Any) -> list[str]:
    """The ids of a page."""
    return [file["id"] for file in page(asker, **query)["data"]]


def test_life(ours: Asker) -> None:
    """A file from its upload to its end, in the form that is described and that the official package reads."""
    file = upload(ours, b"a\0b\r\n--c", name="grüße 'a'; \"b\".txt")
    assert file == {
        "id": file["id"], "object": "file", "bytes": 8, "created_at": file["created_at"], "expires_at": None,
        "filename": "grüße 'a'; \"b\".txt", "purpose": "user_data", "status": "processed", "status_details": None,
    }  # fmt: skip
    described("FileObject").validate(file)
    FileObject.model_validate(file, strict=True)
    one = f"{FILES}/{file['id']}"
    assert ours.http.get(one).json() == file
    listed = page(ours)
    described("FileList").validate(listed)
    assert listed == {
        "object": "list", "data": [file], "first_id": file["id"], "last_id": file["id"], "has_more": False,
    }  # fmt: skip
    content = ours.http.get(f"{one}/content")
    assert (content.status_code, content.content) == (200, b"a\0b\r\n--c")
    deleted = ours.http.delete(one).json()
    assert deleted == {"object": "file", "id": file["id"], "deleted": True}
    FileDeleted.model_validate(deleted, strict=True)
    for answer in (ours.http.get(one), ours.http.get(f"{one}/content"), ours.http.delete(one)):
        assert (answer.status_code, error_of(answer)["code"]) == (404, "file_not_found")
    assert page(ours) == {"object": "list", "data": [], "first_id": None, "last_id": None, "has_more": False}


def test_contents_are_bytes_to_browsers(ours: Asker) -> None:
    """Whatever is in a file, and whatever its name says, it is to be saved and not shown."""
    page = b"<html><script>alert(1)</script>"
    file = upload(ours, page, name="a.html")
    answer = ours.http.get(f"{FILES}/{file['id']}/content")
    assert answer.content == page
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-length"] == f"{len(page)}"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"] == "attachment; filename=\"a.html\"; filename*=UTF-8''a.html"


@pytest.mark.parametrize("size", [1, 2**20 - 1, 2**20, 2**20 + 1, MOST])
def test_sizes(ours: Asker, size: int) -> None:
    """A file of any size that may be comes back as it was."""
    data = bytes(range(251)) * (size // 251 + 1)
    file = upload(ours, data[:size])
    answer = ours.http.get(f"{FILES}/{file['id']}/content")
    assert (file["bytes"], answer.headers["content-length"]) == (size, f"{size}")
    assert answer.content == data[:size]


def test_projects(askers: list[Asker]) -> None:
    """Keys of one project see the same files; another's are not there."""
    ours, ours_too, theirs, _ = askers
    file = upload(ours)
    assert names(ours_too) == [file["id"]]
    assert names(theirs) == []
    for method, path in (("GET", ""), ("GET", "/content"), ("DELETE", "")):
        answer = theirs.http.request(method, f"{FILES}/{file['id']}{path}")
        error = error_of(answer)
        assert (answer.status_code, error["code"], error["param"]) == (404, "file_not_found", "file_id")
        assert file["id"] in error["message"]
    answer = theirs.http.get(FILES, params={"after": file["id"]})
    assert (answer.status_code, error_of(answer)["param"]) == (400, "after")
    assert ours_too.http.delete(f"{FILES}/{file['id']}").status_code == 200


def test_lists(ours: Asker) -> None:
    """The newest first, or the oldest; of one purpose or all; a page at a time."""
    kept = [upload(ours, purpose=purpose) for purpose in ("user_data", "vision", "user_data", "vision")]
    in_order = [file["id"] for file in sorted(kept, key=lambda file: (file["created_at"], file["id"]))]
    assert names(ours, order="asc") == in_order
    assert names(ours) == names(ours, order="desc", limit=10_000) == in_order[::-1]
    first = page(ours, limit=3)
    assert (first["has_more"], first["last_id"]) == (True, in_order[1])
    assert names(ours, after=first["last_id"]) == in_order[:1]
    assert set(names(ours, purpose="vision")) == {file["id"] for file in kept if file["purpose"] == "vision"}
    assert names(ours, purpose="batch") == names(ours, purpose="\0") == []
    ours.http.delete(f"{FILES}/{in_order[1]}")
    assert names(ours, after=in_order[1]) == in_order[:1]


BAD_QUERIES: list[tuple[dict[str, Any], str]] = [
    ({"limit": 0}, "limit"), ({"limit": 10_001}, "limit"), ({"limit": "x"}, "limit"), ({"order": "up"}, "order"),
    ({"after": "file-none"}, "after"), ({"after": "\0"}, "after"), ({"after": "chatcmpl-1"}, "after"),
    ({"model": "m"}, "model"), ({"purpose": ["a", "b"]}, "purpose"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "param"), BAD_QUERIES)
def test_bad_queries(ours: Asker, query: dict[str, Any], param: str) -> None:
    """What a list cannot be asked is 400, which names the parameter."""
    answer = ours.http.get(FILES, params=query)
    assert (answer.status_code, error_of(answer)["param"]) == (400, param)


BAD_FIELDS: list[tuple[dict[str, Any], str, str]] = [
    ({"purpose": "batch"}, "purpose", "unsupported_value"), ({"purpose": "x"}, "purpose", "invalid_value"),
    ({"name": "a/b"}, "file", "invalid_value"), ({"name": "a\r\nb: c"}, "file", "invalid_value"),
    ({"name": "a" * 256}, "file", "invalid_value"), ({"data": b""}, "file", "invalid_value"),
    ({"x": "y"}, "x", "unknown_parameter"), ({"purpose": "x" * 10**5}, "purpose", "invalid_value"),
    ({"expires_after[anchor]": "created_at", "expires_after[seconds]": "60"}, "expires_after.seconds",
     "integer_below_min_value"),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "param", "code"), BAD_FIELDS)
def test_bad_fields(ours: Asker, fields: dict[str, Any], param: str, code: str) -> None:
    """What is wrong with an upload is 400, which names the field, and nothing is kept."""
    answer = send(ours, **fields)
    error = error_of(answer)
    assert (answer.status_code, error["param"], error["code"]) == (400, param, code)
    assert names(ours) == []


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_forms(ours: Asker, name: str) -> None:
    """What is no form, or no bearable one, is 400, and nothing is kept."""
    answer = ours.http.post(FILES, content=HOSTILE[name], headers=FORM)
    assert (answer.status_code, error_of(answer)["code"]) == (400, "invalid_multipart")
    assert names(ours) == []


def test_other_types(ours: Asker) -> None:
    """A body of another type is 415, and one without a boundary 400."""
    answer = ours.http.post(FILES, json={"purpose": "user_data"})
    assert answer.status_code == 415
    assert "multipart/form-data" in error_of(answer)["message"]
    answer = ours.http.post(FILES, content=WHOLE, headers={"content-type": "multipart/form-data"})
    assert (answer.status_code, error_of(answer)["code"]) == (400, "invalid_multipart")


def pieces(size: int) -> Iterator[bytes]:
    """A form with a file of this size, which does not say how long it is."""
    yield b'--b\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nuser_data\r\n'
    yield WHOLE
    for begin in range(0, size, 65536):
        yield b"x" * min(65536, size - begin)
    yield b"\r\n--b--\r\n"


def test_too_large_a_file(ours: Asker) -> None:
    """A file may have so many bytes; one more is 413, whether its length is told or not, and nothing is kept."""
    assert ours.http.post(FILES, content=pieces(MOST), headers=FORM).status_code == 200
    kept = names(ours)
    answers = [send(ours, b"x" * (MOST + 1)), send(ours, b"x" * (MOST + FORM_BYTES + 1))]
    answers += [ours.http.post(FILES, content=pieces(size), headers=FORM) for size in (MOST + 1, MOST + 2 * FORM_BYTES)]
    for answer in answers:
        error = error_of(answer)
        assert (answer.status_code, error["code"], error["param"]) == (413, "file_too_large", "file")
        assert f"{MOST} bytes (--max-file-bytes)" in error["message"]
    assert names(ours) == kept


def test_much_around_a_file(ours: Asker) -> None:
    """What stands behind the form counts too."""
    answer = ours.http.post(FILES, content=[*pieces(5), b"x" * (MOST + FORM_BYTES)], headers=FORM)
    assert (answer.status_code, error_of(answer)["code"]) == (413, "file_too_large")
    assert names(ours) == []


def test_a_full_project(askers: list[Asker]) -> None:
    """What does not fit beside the other files is 413, until some are deleted; what was refused takes no room, and
    other projects have their own.
    """
    ours, ours_too, theirs, _ = askers
    first = upload(ours, b"x" * MOST)
    for asker in (ours, ours_too):
        answer = send(asker, b"x" * MOST)
        error = error_of(answer)
        assert (answer.status_code, error["code"], error["param"]) == (413, "storage_limit_exceeded", "file")
        assert f"{MOST_TOGETHER} bytes" in error["message"] and "--max-project-bytes" in error["message"]
    upload(theirs, b"x" * MOST)
    rest = upload(ours, b"x" * (MOST_TOGETHER - MOST))
    assert send(ours, b"x").status_code == 413
    ours.http.delete(f"{FILES}/{first['id']}")
    last = upload(ours, b"x" * MOST)
    assert set(names(ours_too)) == {rest["id"], last["id"]}


def test_expiry(ours: Asker) -> None:
    """A file says when it will be gone."""
    file = upload(ours, **{"expires_after[anchor]": "created_at", "expires_after[seconds]": "7200"})
    assert file["expires_at"] == file["created_at"] + 7200
    described("FileObject").validate(file)


def test_a_client_that_leaves(ours: Asker, url: str) -> None:
    """Who leaves before all has come leaves nothing, and the project's room is free again."""
    address = urlsplit(url)
    for _ in range(4):
        with closing(socket.create_connection((address.hostname, address.port))) as client:
            head = f"POST {FILES} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {KEYS[0].rpartition(':')[2]}\r\n"
            head += f"Content-Type: {FORM['content-type']}\r\nContent-Length: {MOST}\r\n\r\n"
            client.sendall(head.encode() + b"".join(pieces(2 * 2**20))[:-9])
    for _ in range(200):
        if (answer := send(ours, b"x" * MOST)).status_code == 200:
            break
    assert answer.status_code == 200, answer.text
    assert names(ours) == [answer.json()["id"]]


def test_a_file_that_is_deleted_while_it_is_read() -> None:
    """Who is reading a file that is deleted is cut off, and does not take what came for the whole."""
    size = 32 * 2**20
    with serve() as url, httpx.Client(base_url=url) as client:
        file = client.post(FILES, content=pieces(size), headers=FORM).json()
        with client.stream("GET", f"{FILES}/{file['id']}/content") as answer:
            chunks = answer.iter_raw()
            next(chunks)
            assert client.delete(f"{FILES}/{file['id']}").status_code == 200
            with pytest.raises(httpx.RemoteProtocolError):
                assert sum(map(len, chunks)) < size


def test_unknown_fields_can_be_ignored() -> None:
    """Where unknown fields are not refused they are named in a header."""
    with serve(unknown_fields="ignore") as url:
        form: dict[str, Any] = {"files": {"file": ("a", b"x")}, "data": {"purpose": "vision", "x": "1", "ü[y]": "2"}}
        answer = httpx.post(f"{url}{FILES}", **form)
        assert answer.status_code == 200
        assert set(answer.headers["antiphon-ignored"].split(", ")) == {"x", "%C3%BC"}
        assert json.loads(answer.text)["purpose"] == "vision"
        assert httpx.get(f"{url}{FILES}?what=1").headers["antiphon-ignored"] == "what"


MAY: dict[Scope, set[str]] = {
    "chat": set(), "stored:read": {"GET"}, "stored:write": {"POST", "DELETE"}, "admin": {"GET", "POST", "DELETE"},
}  # fmt: skip


async def make_keys(folder: Path) -> dict[Scope, str]:
    """A key for each scope, of one project."""
    async with open_store(parse_url(None, folder=folder)) as store:
        return {scope: (await store.keys.create("team", name="", scopes=(scope,)))[1] for scope in MAY}


def test_scopes(tmp_path: Path) -> None:
    """Reading needs `stored:read`, uploading and deleting `stored:write`; what a key is not for is 403, whatever there
    is.
    """
    keys = asyncio.run(make_keys(tmp_path))
    with serve(data_dir=tmp_path) as url, ExitStack() as stack:
        for scope, may in MAY.items():
            asker = Asker(url, keys[scope], stack)
            one = f"{FILES}/file-{'a' * 24}"
            answers = [asker.http.get(path) for path in (FILES, one, f"{one}/content")]
            answers += [send(asker), asker.http.delete(one)]
            for answer in answers:
                assert (answer.status_code == 403) is (answer.request.method not in may)
                assert answer.status_code != 403 or error_of(answer)["code"] == "missing_scope"


def test_without_a_key(url: str) -> None:
    """Nobody without a key uploads, however large the file is."""
    answer = httpx.post(f"{url}{FILES}", files={"file": ("a", b"x" * 2**20)}, data={"purpose": "user_data"})
    assert answer.status_code == 401
