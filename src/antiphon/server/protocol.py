"""uvicorn's HTTP protocol with a bound on the head of a request, which httptools would collect without end
before anybody could refuse it (CVE-2025-48956)."""

import json

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEAD_BYTES = 64 * 1024


class BoundedHeadersProtocol(HttpToolsProtocol):
    """Bytes that come while no head is complete are counted; over the bound the connection is refused."""

    head_bytes = 0
    in_head = True

    def data_received(self, data: bytes) -> None:
        """Count, then go on as usual."""
        if self.in_head:
            self.head_bytes += len(data)
        super().data_received(data)
        if self.in_head and self.head_bytes > MAX_HEAD_BYTES and not self.transport.is_closing():
            self.refuse()

    def on_headers_complete(self) -> None:
        """What follows is a body."""
        self.in_head, self.head_bytes = False, 0
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """What follows is the next head."""
        self.in_head = True
        super().on_message_complete()

    def refuse(self) -> None:
        """431, in the form of every other error."""
        told = f"The request's headers are over {MAX_HEAD_BYTES} bytes."
        self._answer("431 Request Header Fields Too Large", told, "headers_too_large")

    def send_400_response(self, msg: str) -> None:
        """What is not HTTP gets the error object too."""
        self._answer("400 Bad Request", msg, "invalid_http")

    def _answer(self, status: str, message: str, code: str) -> None:
        error = {"message": message, "type": "invalid_request_error", "param": None, "code": code}
        body = json.dumps({"error": error}).encode()
        head = f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
        self.transport.write(f"{head}connection: close\r\n\r\n".encode() + body)
        self.transport.close()
