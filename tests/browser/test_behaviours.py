"""What our scripts add to a page, in a real browser under the strict policy of every answer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask, redirect, render_template_string, request
from flask.typing import ResponseReturnValue
from flask_babel import Babel
from flask_login import LoginManager
from flask_wtf import CSRFProtect, FlaskForm
from playwright.sync_api import Browser, Dialog, Page, expect
from werkzeug.serving import make_server
from wtforms import PasswordField, StringField

from engage.web import assets, filters, headers, navigation
from tests.browser.films import film_code
from tests.browser.visitors import PHONE, Visitor

ROOT = Path(__file__).parents[2]
FRAME = """<!doctype html><html lang="en"><head><title>Parts</title>
<link rel="stylesheet" href="{{ asset('engage.css') }}">
<script type="module" src="{{ asset('main.js') }}"></script>
</head><body><main id="main"><h1>Parts</h1>%s</main></body></html>"""
PAGES = {
    "/form": """{% from "components/forms.html" import form_page, field %}
      {% call form_page(form, "/take", "Send") %}{{ field(form.password) }}{% endcall %}""",
    "/typing": """{% from "components/forms.html" import form_page, field %}
      {% call form_page(form, "/take", "Send", keep=true) %}{{ field(form.word) }}{% endcall %}""",
    "/confirm": """{% from "components/actions.html" import action_button %}
      {{ action_button("/take", "Give up the place", "danger", confirm="Really?", yes="Yes") }}""",
    "/countdown": """{% from "components/code.html" import time_bar %}
      {{ time_bar(now, until, 900, "Valid for {left} min", "Time left", over="Time is up") }}""",
    "/code": """{% from "components/code.html" import rotating_code %}
      {% call rotating_code("/code", now, soon) %}<p id="number">{{ asked }}</p>{% endcall %}""",
    "/scan": """{% from "components/code.html" import camera %}{{ camera("code", "Hold it here") }}
      {% from "components/forms.html" import hidden_fields %}
      <form method="post" action="/take">{{ hidden_fields() }}
      <label for="code">Code</label><input id="code" name="code"><button>Check</button></form>""",
}


class Fields(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    word = StringField("Word")
    password = PasswordField("Password")


@dataclass
class Site:
    """A few pages made of our parts, and what was sent to them."""

    url: str = ""
    sent: list[dict[str, str]] = field(default_factory=list)
    asked: int = 0


def make_app(site: Site) -> Flask:
    app = Flask(__name__, template_folder=ROOT / "templates", static_folder=ROOT / "static")
    app.config["SECRET_KEY"] = "only-for-these-pages"
    Babel(app, default_locale="en")
    CSRFProtect(app)
    LoginManager(app).user_loader(lambda _id: None)
    for part in (assets, filters, headers, navigation):
        part.init_app(app)

    def show() -> str:
        site.asked += 1
        now = datetime.now(UTC)  # noqa: TID251 - the page and the browser share a clock here
        return render_template_string(
            FRAME % PAGES[request.path],
            form=Fields(),
            asked=site.asked,
            now=now,
            soon=now + timedelta(seconds=1),
            until=now + timedelta(seconds=2),
        )

    for path in PAGES:
        app.add_url_rule(path, path.strip("/"), show)

    @app.post("/take")
    def take() -> ResponseReturnValue:
        site.sent.append(request.form.to_dict())
        return redirect("/confirm", 303)

    @app.get("/favicon.ico")
    def no_icon() -> ResponseReturnValue:
        return "", 204

    return app


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    server = make_server("127.0.0.1", 0, make_app(site), threaded=True)
    site.url = f"http://localhost:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield site
    server.shutdown()


@pytest.fixture
def open_page(site: Site, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page; afterwards no window may have seen an error or a blocked part."""
    visitors: list[Visitor] = []

    def open_window(path: str, *, browser: Browser = browser, **options: object) -> Page:
        context = browser.new_context(**{"locale": "en-GB", **PHONE, **options})
        context.set_default_timeout(10_000)
        visitors.append(Visitor(context, site.url, lambda _name: None))
        page = visitors[-1].open(path)
        page.wait_for_load_state("networkidle")  # the behaviours have been fetched
        return page

    yield open_window
    faults = [fault for visitor in visitors for fault in visitor.unexpected()]
    for visitor in visitors:
        visitor.context.close()
    assert faults == []


Open = Callable[..., Page]


def test_a_password_can_be_read_while_it_is_typed(open_page: Open) -> None:
    page = open_page("/form")
    password = page.get_by_label("Password")
    password.fill("a good one")

    page.get_by_role("button", name="Show").click()
    expect(password).to_have_attribute("type", "text")
    expect(password).to_be_focused()
    page.get_by_role("button", name="Hide").click()

    expect(password).to_have_attribute("type", "password")


def test_a_second_press_sends_nothing(open_page: Open, site: Site) -> None:
    page = open_page("/form")

    page.get_by_role("button", name="Send").dblclick()
    page.wait_for_url("**/confirm")

    assert len(site.sent) == 1


def test_what_is_given_up_is_asked_about_first(open_page: Open, site: Site) -> None:
    page = open_page("/confirm")
    button = page.get_by_role("button", name="Give up the place")

    button.click()
    expect(page.get_by_role("dialog", name="Really?")).to_be_visible()
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(button).to_be_focused()
    before = list(site.sent)
    button.click()
    with page.expect_navigation():
        page.get_by_role("button", name="Yes").click()

    assert before == []
    assert len(site.sent) == 1


def test_without_scripts_a_form_is_sent_all_the_same(open_page: Open, site: Site) -> None:
    page = open_page("/confirm", java_script_enabled=False)

    page.get_by_role("button", name="Give up the place").click()

    assert len(site.sent) == 1


def test_a_half_filled_form_is_not_lost_by_accident(open_page: Open) -> None:
    page = open_page("/typing")
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)

    page.get_by_label("Word").fill("half a")
    page.goto(page.url.replace("/typing", "/confirm"))

    assert asked == ["beforeunload"]


def test_time_runs_out_and_says_so(open_page: Open) -> None:
    page = open_page("/countdown")

    expect(page.get_by_text("Valid for")).to_be_visible()
    expect(page.get_by_text("Time is up")).to_be_visible()
    expect(page.get_by_text("Valid for")).to_be_hidden()


def test_a_changing_code_renews_itself(open_page: Open, site: Site) -> None:
    page = open_page("/code")

    expect(page.locator("#number")).to_have_text("1")
    expect(page.locator("#number")).to_have_text("3")

    assert site.asked >= 3


def test_the_camera_fills_in_the_code_and_sends_it(
    open_page: Open, site: Site, launch: Callable[..., Browser], tmp_path: Path
) -> None:
    text = "HTTPS://ENGAGE.EXAMPLE/Q/P4HX8SN2KT6ERJ5WA0QBC"
    camera = launch(film_code(text, tmp_path / "camera.mjpeg"))
    page = open_page("/scan", browser=camera, permissions=["camera"])

    page.wait_for_url("**/confirm", timeout=20_000)

    assert [one["code"] for one in site.sent] == ["P4HX8SN2KT6ERJ5WA0QBC"]


def test_a_foreign_code_is_never_sent(
    open_page: Open, site: Site, launch: Callable[..., Browser], tmp_path: Path
) -> None:
    camera = launch(film_code("https://elsewhere.example/menu", tmp_path / "camera.mjpeg"))
    page = open_page("/scan", browser=camera, permissions=["camera"])

    expect(page.get_by_text("That is not one of our codes.")).to_be_visible(timeout=20_000)

    assert site.sent == []


def test_without_a_camera_the_code_is_typed(open_page: Open, site: Site) -> None:
    page = open_page("/scan")
    turn_on = page.get_by_role("button", name="Turn the camera on")

    turn_on.click()
    expect(
        page.locator("[data-part=missing], [data-part=refused]").locator("visible=true")
    ).to_have_count(1)
    page.get_by_label("Code", exact=True).fill("P4HX8SN2KT6E")
    page.get_by_role("button", name="Check").click()

    assert [one["code"] for one in site.sent] == ["P4HX8SN2KT6E"]
