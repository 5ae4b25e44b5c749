"""What a letter looks like: text first, and the same words in the city's look."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Any

from flask import current_app, render_template, url_for
from flask_babel import force_locale
from jinja2 import TemplateNotFound
from sqlalchemy.orm import Session

from config import Settings
from engage.core.news import EVENTS
from engage.mail.facts import unpack
from engage.mail.models import Letter
from engage.mail.stop import make_token
from engage.storage.keys import keys_of

#: A paragraph that is an address alone becomes a button; the line above it is its label.
LINK = re.compile(r"^(?:(?P<label>[^\n]+):\n)?(?P<url>https?://\S+)$")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words, or a button that opens ``url``."""

    words: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """A letter in words."""

    subject: str
    text: str
    html: str
    stop_url: str = ""


def write(letter: Letter, session: Session) -> Written:
    """Put a letter into words, in its language; addresses in it lead to ``base_url``."""
    settings: Settings = current_app.extensions["settings"]
    facts = {"hides_points": False, **unpack(letter.facts, keys_of(session))}
    with (
        current_app.app_context(),  # a page that shows a letter keeps its own language
        current_app.test_request_context(base_url=settings.base_url),
        force_locale(letter.language),
    ):
        whole = render_template(f"mail/{letter.template}.txt", **facts)
        subject, _, body = whole.strip().partition("\n")
        body = re.sub(r"\n{3,}", "\n\n", body.strip())
        stop_url = _stop_url(letter, session)
        footer = render_template("mail/footer.txt", stop_url=stop_url).strip()
        subject = " ".join(subject.split())
        html = _html(letter, {**facts, "stop_url": stop_url}, subject, body)
    return Written(subject, f"{body}\n\n-- \n{footer}\n", html, stop_url)


def _stop_url(letter: Letter, session: Session) -> str:
    """Where this kind of mail is switched off; empty for what always comes."""
    if letter.event not in EVENTS or letter.person_id is None:
        return ""
    token = make_token(keys_of(session), letter.person_id, letter.event)
    return url_for("accounts.show_stop", token=token, _external=True)


def _html(letter: Letter, facts: Mapping[str, Any], subject: str, body: str) -> str:
    paragraphs = [_paragraph(one) for one in body.split("\n\n") if one.strip()]
    frame = {"subject": subject, "paragraphs": paragraphs, "language": letter.language}
    frame["stop_url"] = facts["stop_url"]
    try:
        return render_template(f"mail/{letter.template}.html", **{**facts, **frame})
    except TemplateNotFound:
        return render_template("mail/letter.html", **frame)


def _paragraph(text: str) -> Paragraph:
    found = LINK.match(text.strip())
    if found is None:
        return Paragraph(text.strip())
    return Paragraph(found["label"] or found["url"], found["url"])


def make_message(letter: Letter, session: Session, now: datetime) -> EmailMessage:
    """The mail as it goes out. Its Message-ID is the letter's, so a repeat can be recognised."""
    settings: Settings = current_app.extensions["settings"]
    written = write(letter, session)
    name, address = parseaddr(settings.mail_from)
    message = EmailMessage()
    message["Subject"] = written.subject
    message["From"] = Address(name, addr_spec=address)
    message["To"] = Address(addr_spec=letter.to_address)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{letter.id}@{settings.host.partition(':')[0]}>"
    message["Auto-Submitted"] = "auto-generated"
    if written.stop_url:  # RFC 8058: one press in the mail program
        message["List-Unsubscribe"] = f"<{written.stop_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(written.text)
    message.add_alternative(written.html, subtype="html")
    message["Content-Language"] = letter.language
    return message
