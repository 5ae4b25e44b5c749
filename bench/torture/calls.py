"""A client that is never sure: it asks again with the same number until it has an answer."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

#: Answers that are none: the same attempt is sent again (domain, section 4).
NO_ANSWERS = {401, 408, 425, 429}
#: How long a client waits for a byte, and how long it keeps trying.
PATIENCE, STUBBORNNESS = 20.0, 180.0


class Away(Exception):
    """No answer: the server is gone, or the line is cut. What was sent may have counted."""


class Lost(Exception):
    """The server did not come back."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. ``tries``: how often it was sent until then."""

    status: int
    said: dict[str, Any]
    tries: int = 1

    @property
    def code(self) -> str:
        """A word; the code in the answer to a reservation is the voucher's."""
        said = str(self.said.get("code", self.status))
        return said if said == said.lower() else "done"

    @property
    def is_success(self) -> bool:
        return self.status < 400

    @property
    def is_replay(self) -> bool:
        return bool(self.said.get("replayed"))

    @property
    def is_final(self) -> bool:
        return self.status < 500 and self.status not in NO_ANSWERS


@dataclass
class Tally:
    """Figures of all clients together."""

    times: list[float] = field(default_factory=list)
    codes: Counter[str] = field(default_factory=Counter)
    unanswered: int = 0
    replays: int = 0
    errors: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def requests(self) -> int:
        return len(self.times) + self.unanswered

    def answered(self, verb: str, answer: Answer, took: float) -> None:
        with self._lock:
            self.times.append(took)
            self.codes[f"{verb}: {answer.code}"] += 1
            self.replays += answer.is_replay
            if answer.status >= 500:
                self.errors.append(f"{verb}: {answer.status} {answer.said}")

    def cut(self) -> None:
        with self._lock:
            self.unanswered += 1


class Line:
    """One kept connection of one client. Not for two threads."""

    def __init__(
        self, port: int, tally: Tally, headers: Mapping[str, str], timeout: float = PATIENCE
    ) -> None:
        self._port, self._tally, self._headers = port, tally, headers
        self._timeout = timeout
        self._link: http.client.HTTPConnection | None = None

    def hang_up(self) -> None:
        if self._link is not None:
            with suppress(OSError):
                self._link.close()
        self._link = None

    def call(
        self,
        verb: str,
        method: str,
        path: str,
        body: Mapping[str, object] | None = None,
        *,
        and_cut: bool = False,
    ) -> Answer:
        """Send once. ``and_cut``: hang up before the answer can be read. Raises Away."""
        began = time.perf_counter()
        try:
            response = self._send(method, path, body, and_cut=and_cut)
            text = response.read()
        except (OSError, http.client.HTTPException) as reason:
            self.hang_up()
            self._tally.cut()
            raise Away(str(reason)) from reason
        answer = Answer(response.status, _read(text, response.headers.get("Content-Type", "")))
        self._tally.answered(verb, answer, time.perf_counter() - began)
        return answer

    def _send(
        self, method: str, path: str, body: Mapping[str, object] | None, *, and_cut: bool
    ) -> http.client.HTTPResponse:
        if self._link is None:
            self._link = http.client.HTTPConnection("127.0.0.1", self._port, timeout=self._timeout)
        content = None if body is None else json.dumps(body).encode()
        kind = {} if body is None else {"Content-Type": "application/json"}
        self._link.request(method, path, content, {**self._headers, **kind})
        if and_cut:
            raise ConnectionAbortedError("cut before the answer")
        return self._link.getresponse()

    def ask(
        self,
        verb: str,
        method: str,
        path: str,
        body: Mapping[str, object] | None = None,
        *,
        cut_first: bool = False,
    ) -> Answer:
        """Send the same thing until there is a final answer. Raises Lost.

        “Too often” is returned as it is: whoever guesses codes gives up.
        """
        end = time.monotonic() + STUBBORNNESS
        tries = 0
        while time.monotonic() < end:
            tries += 1
            try:
                answer = self.call(verb, method, path, body, and_cut=cut_first and tries == 1)
            except Away:
                time.sleep(min(0.2 * tries, 2))
                continue
            if answer.is_final or answer.status == 429:
                return Answer(answer.status, answer.said, tries)
            time.sleep(min(0.1 * tries, 1))
        raise Lost(f"{verb} {path}: no answer in {STUBBORNNESS:.0f} s")


def _read(text: bytes, kind: str) -> dict[str, Any]:
    if "json" not in kind:
        return {}
    said = json.loads(text)
    return said if isinstance(said, dict) else {}
