"""From the outbox to the mail server: each letter at least once, and never twice by our doing."""

from __future__ import annotations

import smtplib
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engage.mail.models import Letter
from engage.storage.unit_of_work import run_work

log = structlog.get_logger()

#: Letters that one worker takes at a time.
BATCH = 20
#: A letter whose worker died is taken again after this time.
LEASE = timedelta(minutes=10)
#: Pauses after a failure; after the last one the letter is given up.
DELAYS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=8),
    timedelta(hours=24),
)
TIMEOUT_SECONDS = 20


#: Puts a letter into words (``mail.message``); this file knows no templates.
Writer = Callable[[Letter, Session, datetime], EmailMessage]


def send_waiting(session: Session, now: datetime, *, mail_url: str, write: Writer) -> int:
    """Send every letter that is due; returns how many went out. Without a mail server they wait.

    mail_url: ``smtp://user:password@host:port`` or ``smtps://…``.
    """
    if not mail_url:
        return 0
    sent = 0
    while letters := run_work(session, lambda s: claim(s, now=now)):
        server = _Server(mail_url)
        for letter in letters:
            message = write(letter, session, now)
            sent += _send(session, server, letter, message, now)
        server.close()
    return sent


def claim(session: Session, *, now: datetime, most: int = BATCH) -> list[Letter]:
    """Take letters that are due, so that no other worker takes them too.

    SKIP LOCKED on PostgreSQL; on SQLite the unit of work already is the only writer. The lease is
    written, so a worker that dies between here and the sending delays its letters and loses none.
    """
    due = (
        select(Letter.id)
        .where(Letter.sent_at.is_(None), Letter.failed_at.is_(None), Letter.due_at <= now)
        .order_by(Letter.due_at, Letter.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    ids = list(session.scalars(due))
    if not ids:
        return []
    taken = session.scalars(
        update(Letter)
        .where(Letter.id.in_(ids), Letter.sent_at.is_(None))
        .values(due_at=now + LEASE, attempts=Letter.attempts + 1)
        .returning(Letter)
        .execution_options(populate_existing=True)
    )
    return sorted(taken, key=lambda letter: letter.id)


class _Server:
    """One connection for a batch, opened at the first letter and again after a failure."""

    def __init__(self, url: str) -> None:
        self._parts = urlsplit(url)
        self._open: smtplib.SMTP | None = None

    def deliver(self, message: EmailMessage) -> None:
        if self._open is None:
            self._open = _connect(self._parts.scheme, self._parts.hostname or "", self._port())
            if self._parts.username:
                user, password = unquote(self._parts.username), unquote(self._parts.password or "")
                self._open.login(user, password)
        self._open.send_message(message)

    def _port(self) -> int:
        return self._parts.port or (465 if self._parts.scheme == "smtps" else 587)

    def close(self) -> None:
        server, self._open = self._open, None
        if server is not None:
            try:
                server.quit()
            except (smtplib.SMTPException, OSError):
                server.close()


def _connect(scheme: str, host: str, port: int) -> smtplib.SMTP:
    if scheme == "smtps":
        return smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS)
    server = smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
    server.ehlo()
    if server.has_extn("starttls"):
        server.starttls()
        server.ehlo()
    return server


def _send(
    session: Session, server: _Server, letter: Letter, message: EmailMessage, now: datetime
) -> bool:
    try:
        server.deliver(message)
    except (smtplib.SMTPException, OSError) as reason:
        server.close()
        problem, is_final = _problem(reason)
        run_work(session, lambda s: put_off(s, letter.id, problem, now=now, is_final=is_final))
        log.warning("mail not sent", letter=str(letter.id), problem=problem)
        return False
    run_work(session, lambda s: mark_sent(s, letter.id, now=now))
    return True


def _problem(reason: Exception) -> tuple[str, bool]:
    """What went wrong, without any address, and whether trying again is useless."""
    if isinstance(reason, smtplib.SMTPRecipientsRefused):
        code = next(iter(reason.recipients.values()))[0]
        return f"recipient refused ({code})", code >= 500
    if isinstance(reason, smtplib.SMTPResponseException):
        return f"{type(reason).__name__} ({reason.smtp_code})", False
    return type(reason).__name__, False


def mark_sent(session: Session, letter_id: uuid.UUID, *, now: datetime) -> None:
    session.execute(
        update(Letter).where(Letter.id == letter_id).values(sent_at=now, last_problem="")
    )


def put_off(
    session: Session, letter_id: uuid.UUID, problem: str, *, now: datetime, is_final: bool
) -> None:
    """Try again later, with growing pauses; after the last one, or a final no, give up."""
    letter = session.get_one(Letter, letter_id)
    letter.last_problem = problem
    if is_final or letter.attempts > len(DELAYS):
        letter.failed_at = now
    else:
        letter.due_at = now + DELAYS[letter.attempts - 1]
