"""A network that is cut and restored: a TCP relay between one device and the server."""

from __future__ import annotations

import random
import socket
import threading
import time
from contextlib import suppress
from enum import StrEnum


class Mode(StrEnum):
    """What the network does. ``MUTE``: requests arrive, answers never come back."""

    UP = "up"
    CUT = "cut"
    HANGS = "hangs"
    MUTE = "mute"


class Wire:
    """Listens on a port of its own; what comes in goes to the server, or not."""

    def __init__(self, server_port: int) -> None:
        self.flaps = 0
        self._server_port = server_port
        self._mode = Mode.UP
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def set(self, mode: Mode) -> None:
        self._mode = mode
        if mode is Mode.CUT:
            self._hang_up()

    def flap(self, dice: random.Random, until: threading.Event, up: float, down: float) -> None:
        """Up for a while, gone for a while, until told to stop; then up."""
        while not until.wait(dice.uniform(0.3, 1) * up):
            self.set(dice.choice([Mode.CUT, Mode.HANGS, Mode.MUTE]))
            self.flaps += 1
            until.wait(dice.uniform(0.2, 1) * down)
            self._hang_up()
            self.set(Mode.UP)

    def close(self) -> None:
        self._listener.close()
        self._hang_up()

    def _hang_up(self) -> None:
        with self._lock:
            links, self._open = self._open, set()
        for link in links:
            _shut(link)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if self._mode is Mode.CUT:
                _shut(near)
                continue
            threading.Thread(target=self._connect, args=(near,), daemon=True).start()

    def _connect(self, near: socket.socket) -> None:
        try:
            far = socket.create_connection(("127.0.0.1", self._server_port), timeout=5)
        except OSError:
            _shut(near)
            return
        far.settimeout(None)
        with self._lock:
            self._open |= {near, far}
        pairs = ((near, far, False), (far, near, True))
        threads = [threading.Thread(target=self._relay, args=one, daemon=True) for one in pairs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with self._lock:
            self._open -= {near, far}
        _shut(near)
        _shut(far)

    def _relay(self, source: socket.socket, target: socket.socket, is_answer: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                while self._mode is Mode.HANGS:
                    time.sleep(0.05)
                if self._mode is Mode.MUTE and is_answer:
                    continue
                target.sendall(data)
        for link in (source, target):
            with suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)


def _shut(link: socket.socket) -> None:
    with suppress(OSError):
        link.shutdown(socket.SHUT_RDWR)
    link.close()
