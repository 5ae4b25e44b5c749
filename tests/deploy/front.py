"""A real nginx with the shipped configuration in front of a real server, on free ports."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests import databases
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
SITE = ROOT / "docs/deploy/nginx.conf"
#: Around the site's file, what Debian's nginx.conf says.
FRAME = """
daemon off;
worker_processes 1;
{user}
pid {folder}/nginx.pid;
error_log {folder}/nginx.log info;
events {{ worker_connections 64; }}
http {{
    access_log {folder}/unnamed.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes


@dataclass(frozen=True)
class Front:
    """What the public reaches. ``folder`` holds everything that nginx and the server log."""

    folder: Path
    https: int
    http: int

    def ask(
        self,
        path: str,
        method: str = "GET",
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        secure: bool = True,
    ) -> Answer:
        """One request as a browser sends it; redirects are not followed."""
        connection: http.client.HTTPConnection
        if secure:
            trusting = ssl.create_default_context(cafile=str(self.folder / "fullchain.pem"))
            connection = http.client.HTTPSConnection("localhost", self.https, context=trusting)
        else:
            connection = http.client.HTTPConnection("localhost", self.http)
        try:
            connection.request(method, path, body, dict(headers or {}))
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def logs(self) -> str:
        """Everything that anybody has written down so far."""
        written = [path for path in sorted(self.folder.glob("*.log")) if path.is_file()]
        return "\n".join(path.read_text() for path in written)


@contextmanager
def open_front(folder: Path, upstream: int) -> Iterator[Front]:
    """nginx as shipped, in front of whatever listens on ``upstream``."""
    nginx = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if nginx is None:
        databases.missing("nginx is not installed (Debian: nginx)")
    front = Front(folder, https=free_port(), http=free_port())
    _make_certificate(folder)
    (folder / "site.conf").write_text(_site(front, upstream))
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(FRAME.format(folder=folder, user=user))
    command = [str(nginx), "-p", str(folder), "-c", str(folder / "nginx.conf")]
    tried = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert tried.returncode == 0, tried.stderr
    running = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        _wait(front.http)
        yield front
    finally:
        _stop(running)


@contextmanager
def open_city(folder: Path, database_url: str) -> Iterator[Front]:
    """The production server on a database, behind nginx. Both write their logs into ``folder``."""
    port = free_port()
    environment = {
        **os.environ,
        "ENGAGE_DEMO": "1",
        "ENGAGE_DATABASE_URL": database_url,
        "ENGAGE_BASE_URL": "https://localhost",
        "ENGAGE_TRUSTED_PROXIES": "1",
    }
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
    options = ["--port", str(port), "--workers", "1", "--no-ws", "--log-level", "info", "wsgi:app"]
    with ExitStack() as stack:
        log = stack.enter_context((folder / "application.log").open("w"))
        server = subprocess.Popen(
            [*command, *options], env=environment, cwd=ROOT, stdout=log, stderr=log
        )
        stack.callback(_stop, server)
        _wait(port)
        yield stack.enter_context(open_front(folder, port))


def _site(front: Front, upstream: int) -> str:
    """The shipped file with this test's ports, names and folders in place of the city's."""
    changes = {
        "    listen [::]:80;\n": "",
        "    listen [::]:443 ssl http2;\n": "",
        "listen 80;": f"listen 127.0.0.1:{front.http};",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{front.https} ssl http2;",
        "server 127.0.0.1:8000;": f"server 127.0.0.1:{upstream};",
        "server_name engage.example.org;": "server_name localhost;",
        "/etc/engage/tls/": f"{front.folder}/",
        "/var/log/engage/": f"{front.folder}/",
    }
    text = SITE.read_text()
    for shipped, here in changes.items():
        assert shipped in text, f"{SITE.name} no longer says {shipped!r}"
        text = text.replace(shipped, here)
    return text


def _make_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    today = datetime.now(UTC)  # noqa: TID251 - the certificate is checked by the machine's clock
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "privkey.pem").write_bytes(private)
    (folder / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))


def _wait(port: int) -> None:
    for _ in range(300):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"nobody listens on {port}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
