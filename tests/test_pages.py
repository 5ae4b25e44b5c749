"""The inspecting client must notice what it promises to notice."""

from __future__ import annotations

import pytest
from flask import Flask, redirect
from flask.typing import ResponseReturnValue

from tests.html import read
from tests.pages import CheckingClient, check

GOOD = """<!doctype html><html lang="de"><head><title>Guten Tag – Engage</title>
<link rel="stylesheet" href="/static/a.css"></head><body><main><h1>Guten Tag</h1>
<form method="post" action="/hier"><input type="hidden" name="csrf_token" value="x">
<label for="a">Name</label><input id="a" name="a" aria-describedby="h"><p id="h">Ihr Name</p>
<label><input type="checkbox" name="b"> Ja</label><input name="q" aria-label="Suchen">
<button>Senden</button></form><img src="/a.png" alt=""></main></body></html>"""


def test_a_good_page_passes() -> None:
    assert check(GOOD).one("h1").text == "Guten Tag"


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("<h1>Guten Tag</h1>", "<h1>Guten Abend</h1>"),
        ("<h1>Guten Tag</h1>", "<h1>Guten Tag</h1><h1>Guten Tag</h1>"),
        ('lang="de"', ""),
        ('<p id="h">', '<p id="a">'),
        ('<p id="h">', "<p>"),
        ('<label for="a">Name</label>', ""),
        ('<label for="a">', '<label for="b">'),
        (' aria-label="Suchen"', ""),
        ("<button>Senden</button>", "<button></button>"),
        (' action="/hier"', ""),
        ('name="csrf_token" value="x"', 'name="csrf_token" value=""'),
        ("<h1>", '<h1 style="color: red">'),
        ("</main>", "<script>alert(1)</script></main>"),
        ("<main>", '<main onclick="go()">'),
        ("</main>", '<a href="javascript:go()">Los</a></main>'),
        (' alt=""', ""),
        ("/static/a.css", "https://cdn.example/a.css"),
        ("/a.png", "//cdn.example/a.png"),
        ("Ihr Name", "Noch %(count)s Plätze"),
        ("Ihr Name", "TODO"),
    ],
)
def test_each_fault_is_noticed(good: str, bad: str) -> None:
    assert good in GOOD

    with pytest.raises(AssertionError, match="a page should be so"):
        check(GOOD.replace(good, bad, 1))


def test_a_tree_is_searched_by_tag_class_and_attribute() -> None:
    page = read('<ul class="list wide"><li data-id="1">One <b>two</b><li data-id="2">Three</ul>')

    assert page.one("li", data_id="1").text == "One two Three"  # an open li holds the next
    assert [one.tag for one in page.with_class("wide")] == ["ul"]
    assert page.one("b").within("ul")
    assert not page.one("ul").within("li")


@pytest.fixture
def small_app() -> Flask:
    app = Flask("small")
    app.secret_key = "small"

    @app.get("/")
    def show() -> str:
        return GOOD

    @app.get("/bad")
    def show_bad() -> str:
        return "<h1>Bad</h1>"

    @app.post("/go")
    def go() -> ResponseReturnValue:
        return redirect("/", 303)

    @app.post("/away")
    def away() -> ResponseReturnValue:
        return redirect("https://elsewhere.example/", 303)

    @app.post("/api")
    def api() -> ResponseReturnValue:
        return {"code": "credited"}, 201

    return app


def test_the_client_inspects_pages_and_follows_redirects_at_home_only(small_app: Flask) -> None:
    client = CheckingClient(small_app.test_client())

    assert client.page("/").one("button").text == "Senden"
    assert "Guten Tag" in client.follow(client.post("/go")).text
    assert client.json("POST", "/api", {}, status=201) == {"code": "credited"}
    with pytest.raises(AssertionError, match="a page should be so"):
        client.get("/bad")
    with pytest.raises(AssertionError, match="404"):
        client.get("/nowhere")
    with pytest.raises(AssertionError, match="leaves the city"):
        client.follow(client.post("/away"))
