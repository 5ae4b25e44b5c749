"""Built files reach browsers with the headers of pages, whoever serves them."""

from __future__ import annotations

import pytest
from apiflask import APIFlask

from engage.web.assets import SCAN_WORKER, delivered_name
from engage.web.headers import CSP, WORKER_CSP


@pytest.mark.parametrize(
    ("name", "policy"), [("engage.css", CSP), ("main.js", CSP), (SCAN_WORKER, WORKER_CSP)]
)
def test_only_the_scan_worker_may_compile_webassembly(
    app: APIFlask, name: str, policy: str
) -> None:
    answer = app.test_client().get(f"/static/dist/{delivered_name(name)}", buffered=True)

    assert answer.status_code == 200
    assert answer.headers["Content-Security-Policy"] == policy
    assert "immutable" in answer.headers["Cache-Control"]


def test_a_file_that_was_not_built_is_not_found(app: APIFlask) -> None:
    answer = app.test_client().get("/static/dist/engage-0000000000.css", buffered=True)

    assert answer.status_code == 404
