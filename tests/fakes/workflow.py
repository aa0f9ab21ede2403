"""A workflow's webhook of our own: real TLS on loopback, and a certificate for its name.

Who is to call it is given `network`, which leads to it whatever address the name has.
"""

from __future__ import annotations

import datetime
import json
import ssl
import threading
import time
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import httpcore
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.fakes.faults import Fault, Faults

HOST: Final = "prod-01.uksouth.logic.fake.example"
SECRET: Final = "s3cret-signature"  # noqa: S105 - of the fake
URL: Final = f"https://{HOST}/workflows/1/triggers/manual/paths/invoke?api-version=1&sig={SECRET}"

LIMIT: Final = 28 * 1024
"""Bytes that are taken."""

PUBLIC: Final = "93.184.215.14"
"""An address of the outside, as the name is said to have."""


class FakeWorkflow:
    """A workflow that posts what it is handed.  Faults are planned for "post"."""

    def __init__(self, folder: Path) -> None:
        """Make a workflow.

        Args:
            folder: Where its certificate is put.
        """
        certificate, key = _certificate(folder)
        self.trusted = ssl.create_default_context(cafile=certificate)
        self.reset()
        self._server = _Server(("127.0.0.1", 0), self._handler())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self._server.socket = context.wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False
        )
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self.port: int = self._server.server_address[1]

    def reset(self) -> None:
        """Begin with nothing posted."""
        self.posted: list[dict[str, Any]] = []
        self.calls = 0
        self.faults = Faults()

    def start(self) -> None:
        """Listen."""
        self._thread.start()

    def stop(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=10)

    def fail(self, *faults: Fault) -> None:
        """Let the next calls go wrong."""
        self.faults.plan("post", *faults)

    def words(self) -> list[str]:
        """Return the cards that were posted, as text."""
        return [str(one["attachments"][0]["content"]) for one in self.posted]

    @property
    def network(self) -> Leading:
        """What leads to it."""
        return Leading(self.port)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        workflow = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                workflow.calls += 1
                body = self.rfile.read(int(self.headers["Content-Length"]))
                fault = workflow.faults.next("post") or Fault()
                if SECRET not in self.path or len(body) > LIMIT:
                    fault = Fault(status=413 if SECRET in self.path else 401)
                if fault.is_done or not fault.status:
                    workflow.posted.append(json.loads(body))
                time.sleep(fault.late_s)
                self.send_response(fault.status or 202)
                for name, value in {**fault.headers, "Content-Length": "0"}.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                """Say nothing."""

        return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: who does not believe the certificate hangs up."""


class Leading(httpcore.NetworkBackend):
    """Leads to the fake, whichever address is asked for; remembers which that was."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.asked: list[str] = []

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the fake."""
        self.asked.append(host)
        return httpcore.SyncBackend().connect_tcp("127.0.0.1", self._port, timeout)


def _certificate(folder: Path) -> tuple[Path, Path]:
    """Write a certificate for the name, signed by itself, and its key; return the files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate_file, key_file = folder / "certificate.pem", folder / "key.pem"
    certificate_file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate_file, key_file
