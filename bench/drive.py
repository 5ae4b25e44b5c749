"""A light load generator: prepared requests over kept connections, one thread per client."""

from __future__ import annotations

import json
import socket
import statistics
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice


@dataclass(frozen=True, slots=True)
class Request:
    """The bytes of one request, made before the clock starts."""

    bytes: bytes

    @classmethod
    def post(
        cls,
        path: str,
        body: Mapping[str, object],
        token: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Request:
        content = json.dumps(body).encode()
        lines = [
            f"POST {path} HTTP/1.1",
            "Host: 127.0.0.1",
            "Content-Type: application/json",
            f"Content-Length: {len(content)}",
            *([f"Authorization: Bearer {token}"] if token else []),
            *(f"{name}: {value}" for name, value in (headers or {}).items()),
            "",
            "",
        ]
        return cls("\r\n".join(lines).encode() + content)


@dataclass(frozen=True, slots=True)
class Result:
    """What came of it. Failures are answers with another status, in full."""

    rate: float
    p99_milliseconds: float
    failures: tuple[str, ...]


def drive(port: int, requests: Sequence[Request], clients: int, status: int) -> Result:
    """Send all requests, ``clients`` at a time."""
    shares = [list(islice(requests, start, None, clients)) for start in range(clients)]
    times: list[float] = []
    failures: list[str] = []
    ready = threading.Barrier(clients + 1)

    def client(share: list[Request]) -> None:
        with socket.create_connection(("127.0.0.1", port)) as link:
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            ready.wait()
            for request in share:
                began = time.perf_counter()
                link.sendall(request.bytes)
                answer = _read(link)
                times.append(time.perf_counter() - began)
                if int(answer[9:12]) != status:
                    failures.append(answer.decode(errors="replace"))

    threads = [threading.Thread(target=client, args=(share,)) for share in shares]
    for thread in threads:
        thread.start()
    ready.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    p99 = statistics.quantiles(times, n=100)[98] * 1000
    return Result(len(requests) / took, p99, tuple(failures))


def _read(link: socket.socket) -> bytes:
    """One answer, by its Content-Length."""
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += _more(link)
    head, _, body = answer.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length:")
    )
    while len(body) < length:
        body += _more(link)
    return head + b"\r\n\r\n" + body


def _more(link: socket.socket) -> bytes:
    data = link.recv(65536)
    if not data:
        raise ConnectionError("the server closed the connection")
    return data
