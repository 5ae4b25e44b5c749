"""Browsers of these tests read English; that everything is translated is tested elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from tests.application import Browser
from tests.pages import CheckingClient


@pytest.fixture
def client(client: Browser) -> Browser:
    """``client()`` is a stranger's browser, ``client(mina)`` is Mina's; both in English."""
    from engage.web.language import COOKIE

    def open_browser(person: Any = None, **options: Any) -> CheckingClient:
        browser = client(person, **options)
        browser.plain.set_cookie(COOKIE, "en")
        return browser

    return open_browser
