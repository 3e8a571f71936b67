"""Each row of the table of parameters is true of the bundled model, and is proved by a request that shows it."""

from collections.abc import Iterator

import httpx
import pytest

from antiphon.schema.request.create import CreateChatCompletion
from antiphon.schema.request.support import TABLE
from tests.model.processes import Server, wait_for
from tests.model.proofs import PROOFS, Fields, Proof, Reply, build_body

ALL = [(row, proof) for row, proofs in PROOFS.items() for proof in proofs]


class Asker:
    """Sends a body as it is, and finds its line in the server's log."""

    def __init__(self, server: Server, client: httpx.Client) -> None:
        self.server = server
        self.client = client

    def __call__(self, fields: Fields) -> Reply:
        """Fields laid over the base."""
        response = self.client.post("/v1/chat/completions", json=build_body(fields))
        request_id = response.headers["x-request-id"]
        wait_for(lambda: self.lines_of(request_id))
        return Reply(response, "\n".join(self.lines_of(request_id)))

    def lines_of(self, request_id: str) -> list[str]:
        """What the log says of a request."""
        return [line for line in self.server.log.read_text().splitlines() if request_id in line]


@pytest.fixture(scope="module")
def asker(server: Server) -> Iterator[Asker]:
    """Of the server that all share."""
    with httpx.Client(base_url=server.url, timeout=60) as client:
        yield Asker(server, client)


def test_every_parameter_has_a_row_and_a_proof() -> None:
    """No field of a request is missing from the table, and no row is without a proof."""
    assert set(CreateChatCompletion.model_fields) == {row for row in TABLE if "[" not in row}
    assert set(PROOFS) == set(TABLE)


@pytest.mark.parametrize(("row", "proof"), ALL, ids=[row for row, _ in ALL])
def test_a_parameter_does_what_its_row_says(asker: Asker, row: str, proof: Proof) -> None:
    """With the parameter an answer shows what the row says; without it the same request does not."""
    assert proof.shows(asker({**proof.beside, **proof.fields}), asker)
    assert not proof.shows(asker(proof.beside), asker)
