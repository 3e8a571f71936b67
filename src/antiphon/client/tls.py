"""Certificates of authorities, read when a connection is encrypted first: that takes longer than a whole request to a
server on this machine, which needs none.
"""

import os
import ssl
from typing import Any

import certifi


class LazyContext(ssl.SSLContext):
    """Verifies as httpx does: by `SSL_CERT_FILE` or `SSL_CERT_DIR` where these are set, else by certifi's list."""

    def __new__(cls) -> "LazyContext":
        """A client's context: certificates and host names are checked."""
        return super().__new__(cls, ssl.PROTOCOL_TLS_CLIENT)

    def wrap_socket(self, *args: Any, **kwargs: Any) -> Any:
        """Of connections that wait."""
        self._load()
        return super().wrap_socket(*args, **kwargs)

    def wrap_bio(self, *args: Any, **kwargs: Any) -> Any:
        """Of asynchronous ones."""
        self._load()
        return super().wrap_bio(*args, **kwargs)

    def _load(self) -> None:
        if self.cert_store_stats()["x509_ca"]:
            return
        file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
        self.load_verify_locations(cafile=file or (None if folder else certifi.where()), capath=folder)
