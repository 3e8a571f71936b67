"""uvicorn's HTTP protocol with a bound on the head of a request, which httptools would collect without end
before anybody could refuse it (CVE-2025-48956)."""

import json

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEAD_BYTES = 64 * 1024


class BoundedHeadersProtocol(HttpToolsProtocol):
    """A head is measured as it comes: its bytes while it is incomplete, its fields once they are known."""

    unparsed_bytes = 0
    field_bytes = 0
    in_head = True

    @property
    def is_busy(self) -> bool:
        """Whether a request is being read or answered."""
        return bool(self.unparsed_bytes or (self.cycle and not self.cycle.response_complete))

    def data_received(self, data: bytes) -> None:
        """Count, then go on as usual."""
        if self.in_head:
            self.unparsed_bytes += len(data)
        super().data_received(data)
        if self.in_head and self.unparsed_bytes > MAX_HEAD_BYTES and not self.transport.is_closing():
            self.refuse()

    def on_url(self, url: bytes) -> None:
        """Part of the head."""
        self.field_bytes += len(url)
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Part of the head."""
        self.field_bytes += len(name) + len(value) + len(": \r\n")
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """What follows is a body."""
        too_large = self.field_bytes > MAX_HEAD_BYTES
        self.in_head, self.unparsed_bytes, self.field_bytes = False, 0, 0
        if too_large:
            self.refuse()
        else:
            super().on_headers_complete()

    def on_message_complete(self) -> None:
        """What follows is the next head."""
        self.in_head = True
        if not self.transport.is_closing():
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
