"""The whole life of files with the official package, waiting and asynchronous, two projects side by side."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path

import openai
import pytest

from tests.contract.kept import BACKENDS, serve_on

NUMBER = 60


@pytest.fixture(scope="module", params=BACKENDS)
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A server with two projects."""
    with serve_on(request.param, request, api_key=("ours", "theirs")) as url:
        yield url


@pytest.fixture
def clients(url: str) -> Iterator[list[openai.OpenAI]]:
    """One for each project, which has nothing yet."""
    with ExitStack() as stack:
        clients = [
            stack.enter_context(openai.OpenAI(base_url=f"{url}/v1", api_key=key, max_retries=0))
            for key in ("ours", "theirs")
        ]
        for client in clients:
            for file in client.files.list():
                client.files.delete(file.id)
        yield clients


def test_life(clients: list[openai.OpenAI], tmp_path: Path) -> None:
    """Upload, retrieval, content and deletion; the other project never sees it."""
    ours, theirs = (client.files for client in clients)
    path = tmp_path / "Übersicht 1.pdf"
    path.write_bytes(bytes(range(256)) * 9000)
    with path.open("rb") as opened:
        file = ours.create(
            file=opened, purpose="user_data", expires_after={"anchor": "created_at", "seconds": 2_592_000}
        )
    assert (file.filename, file.bytes, file.purpose, file.status) == (path.name, 256 * 9000, "user_data", "processed")
    assert file.expires_at == file.created_at + 2_592_000
    assert ours.retrieve(file.id) == file
    assert ours.content(file.id).read() == path.read_bytes()
    assert ours.wait_for_processing(file.id, poll_interval=0) == file
    with ours.with_streaming_response.content(file.id) as answer:
        answer.stream_to_file(tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == path.read_bytes()
    assert list(ours.list()) == [file] and list(theirs.list()) == []
    for ask in (theirs.retrieve, theirs.content, theirs.delete):
        with pytest.raises(openai.NotFoundError):
            ask(file.id)
    assert ours.delete(file.id).deleted
    for ask in (ours.retrieve, ours.content, ours.delete):
        with pytest.raises(openai.NotFoundError) as caught:
            ask(file.id)
        assert caught.value.code == "file_not_found"


def test_what_can_be_a_file(clients: list[openai.OpenAI], tmp_path: Path) -> None:
    """A path, bytes, an open file, a name with bytes, and a name with a type."""
    (tmp_path / "path.txt").write_bytes(b"1")
    given = {
        "path.txt": tmp_path / "path.txt", "upload": b"1", "name": ("name", b"1"), "stream": ("stream", BytesIO(b"1")),
        "typed": ("typed", b"1", "text/html"), "日本.txt": ("日本.txt", b"1"),
        "a 'b' \"c\" %.txt": ("a 'b' \"c\" %.txt", b"1"),
    }  # fmt: skip
    for name, file in given.items():
        assert clients[0].files.create(file=file, purpose="vision").filename == name
    assert {file.filename for file in clients[0].files.list(purpose="vision")} == set(given)


def test_pages(clients: list[openai.OpenAI]) -> None:
    """`for file in client.files.list()` gives each once, the newest first, also while they are deleted."""
    ours = clients[0].files
    kept = [ours.create(file=(f"{number}", b"x"), purpose="user_data") for number in range(NUMBER)]
    kept.sort(key=lambda file: (file.created_at, file.id), reverse=True)
    assert list(ours.list()) == list(ours.list(limit=7)) == kept
    assert list(ours.list(order="asc", limit=11)) == kept[::-1]
    assert list(ours.list(after=kept[9].id)) == kept[10:]
    for file in ours.list(limit=13):
        ours.delete(file.id)
    assert list(ours.list()) == []


def test_refused(clients: list[openai.OpenAI]) -> None:
    """What is refused is an error of the package, which has the field and the code."""
    for purpose in ("assistants", "batch", "fine-tune", "evals"):
        with pytest.raises(openai.BadRequestError, match="'user_data'") as caught:
            clients[0].files.create(file=b"x", purpose=purpose)  # type: ignore[arg-type]
        assert (caught.value.param, caught.value.code) == ("purpose", "unsupported_value")
    with pytest.raises(openai.BadRequestError, match="empty"):
        clients[0].files.create(file=b"", purpose="user_data")


async def test_asynchronous(url: str) -> None:
    """Many at once, each of several chunks, come back as they were."""
    contents = [bytes([number]) * (2**20 + number) for number in range(8)]
    async with openai.AsyncOpenAI(base_url=f"{url}/v1", api_key="ours", max_retries=0) as client:
        files = await asyncio.gather(*(client.files.create(file=data, purpose="user_data") for data in contents))
        read = await asyncio.gather(*(client.files.content(file.id) for file in files))
        assert [answer.content for answer in read] == contents
        assert all([(await client.files.delete(file.id)).deleted for file in files])
