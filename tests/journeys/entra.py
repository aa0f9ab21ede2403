"""Entra on loopback, for real processes: they reach it as behind a firewall, through a proxy.

The product asks the one address that Microsoft has.  So it is given a proxy that answers for that
address, with a certificate that these processes trust.
"""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.fakes import teams

HOST: Final = "login.microsoftonline.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entra:
    """Where Entra is asked, and what proves that it is Entra."""

    proxy: str
    certificate: Path

    def environment(self) -> dict[str, str]:
        """Return what lets a process find it, and everything else on loopback directly."""
        return {
            "ALL_PROXY": self.proxy,
            "NO_PROXY": "127.0.0.1,localhost",
            "REQUESTS_CA_BUNDLE": str(self.certificate),
        }


@contextmanager
def an_entra(folder: Path) -> Iterator[Entra]:
    """Serve it as long as it is needed."""
    certificate = _certified(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    handler = type("Handler", (_Handler,), {"context": context})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Entra(proxy=f"http://127.0.0.1:{server.server_port}", certificate=certificate)
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    """A proxy that leads to Entra and nowhere else."""

    context: ssl.SSLContext
    protocol_version = "HTTP/1.1"

    def do_CONNECT(self) -> None:
        """Let the caller talk to Entra; what follows on the connection is encrypted."""
        if self.path != f"{HOST}:443":
            self.send_error(403, f"{self.path} is not Entra")
            return
        self.send_response(200)
        self.end_headers()
        self.connection = self.context.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
        self.close_connection = False

    def finish(self) -> None:
        """Close what is encrypted, too."""
        super().finish()
        self.connection.close()

    def do_GET(self) -> None:
        """Say where a token is asked for."""
        base = f"https://{HOST}/{self.path.split('/')[1]}"
        ends = {name: f"{base}/{name}" for name in ("authorization_endpoint", "token_endpoint")}
        self._answer({"issuer": f"{base}/v2.0", **ends})

    def do_POST(self) -> None:
        """Give a token for the secret of the app."""
        said = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if said["client_secret"] != [teams.CLIENT_SECRET]:
            self._answer({"error": "invalid_client"})
            return
        kind = {"token_type": "Bearer", "expires_in": 3_600}
        self._answer({"access_token": teams.BOT_TOKEN, **kind})

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its own name
        """Say nothing."""

    def _answer(self, said: dict[str, Any]) -> None:
        body = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _certified(folder: Path) -> Path:
    """Write a key and a certificate for Entra's name, into one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    file = folder / "entra.pem"
    file.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(pem)
    )
    return file
