"""The production server, alike for the floor and the product: 2 workers with 4 threads each."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

WORKERS, THREADS = 2, 4


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


@contextmanager
def running(application: str, environment: Mapping[str, str]) -> Iterator[int]:
    """Serve until the block ends; gives the port."""
    port = free_port()
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"),
        *("--host", "127.0.0.1", "--port", str(port), "--log-level", "error"),
        *("--workers", str(WORKERS), "--blocking-threads", str(THREADS), application),
    ]
    server = subprocess.Popen(command, env=dict(environment))
    try:
        _wait(server, port)
        yield port
    finally:
        server.terminate()
        server.wait(60)


def _wait(server: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(1200):
        if server.poll() is not None:
            sys.exit("The server ended by itself.")
        if is_answering(port):
            return
        time.sleep(0.1)
    sys.exit("The server did not answer within 2 minutes.")


def is_answering(port: int, patience: float = 1) -> bool:
    """Whether a healthy server listens there and says so in time."""
    question = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=patience) as link:
            link.sendall(question)
            return link.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return False
