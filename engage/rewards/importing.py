"""Partners and rewards out of tables: what would be created, changed, refused, and doing it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.activities.importing.tables import Row, Sheet
from engage.activities.importing.values import one_line, read_number, tidy
from engage.core.errors import DomainError, HoursUnclear
from engage.core.geography import District, code_from_name, find_district
from engage.core.hours import read_hours
from engage.partners import queries as partners
from engage.partners import service as partner_service
from engage.partners.models import Branch, Partner
from engage.partners.profile import Place, Profile
from engage.rewards import catalogue, offers, publishing
from engage.rewards.models import Reward
from engage.rewards.money import read_cents
from engage.rewards.offers import Price, Words

SOURCE = "file"

#: Names of columns in the files that cities have, tidied by ``code_from_name``.
COLUMNS = {
    "name": ("name", "partner", "firma", "akzeptanzstelle"),
    "street": ("strasse", "street", "adresse", "anschrift"),
    "number": ("hausnummer", "housenumber", "hausnr"),
    "postcode": ("plz", "postalcode", "postleitzahl"),
    "town": ("ort", "location", "town", "stadt"),
    "district": ("stadtbezirk", "bezirk", "district"),
    "email": ("email", "e-mail", "mail"),
    "website": ("homepage", "website", "url", "internet"),
    "about": ("beschreibung", "about", "discountde", "description", "angebot"),
    "hours": ("oeffnungszeiten", "opening-hours", "openinghours"),
    "step_free": ("barrierefrei", "step-free", "stufenlos"),
    "notes": ("hinweis", "hinweise", "accessibility", "bemerkung"),
    "title": ("titel", "title", "reward", "praemie"),
    "hand_over": ("ausgabe", "hand-over", "handover"),
    "points": ("punkte", "points", "kosten"),
    "value": ("wert", "value", "face-value", "preis", "euro"),
    "stock": ("bestand", "stock", "anzahl", "menge"),
    "category": ("kategorie", "category"),
    "reason": ("grund", "reason"),
    "key": ("nummer", "kennung", "id", "key"),
    "daily": ("pro-tag", "am-tag", "per-day", "daily", "daily-stock"),
    "times": ("ausgabezeiten", "zeiten", "times", "redeem-hours"),
    "age": ("mindestalter", "ab-alter", "minimum-age", "age"),
    "families": ("familien", "families", "for-families"),
}

#: What files write for "as many as wanted".
UNLIMITED = {9999, 99999, 999999}
YES = {"1", "ja", "j", "yes", "y", "true", "x", "wahr", "barrierefrei"}


class CannotRead(Exception):
    """A row cannot be used; the text says why, in English for the operator."""


@dataclass(frozen=True, slots=True)
class Line:
    """What happens with one row: ``created``, ``changed``, ``unchanged`` or ``refused``."""

    number: int
    outcome: str
    title: str
    why: str = ""


@dataclass(slots=True)
class Report:
    lines: list[Line] = field(default_factory=list)

    def count(self, outcome: str) -> int:
        return sum(one.outcome == outcome for one in self.lines)


class _Cells:
    """One row by our names of its columns."""

    def __init__(self, row: Row) -> None:
        self._named = {code_from_name(name): cell for name, cell in row.cells.items()}

    def text(self, name: str, most: int = 200) -> str:
        for column in COLUMNS[name]:
            if (found := one_line(self._named.get(column, ""))) != "":
                return found[:most]
        return ""

    def has(self, name: str) -> bool:
        """Whether the file has such a column at all: what it does not name stays as it is."""
        return any(column in self._named for column in COLUMNS[name])

    def long(self, name: str) -> str:
        for column in COLUMNS[name]:
            if (found := tidy(self._named.get(column, ""))) != "":
                return found[:2000]
        return ""

    def number(self, name: str) -> int | None:
        text = self.text(name)
        if not text:
            return None
        found = read_number(text)
        if found is None:
            raise CannotRead(f"{name}: {text!r} is no whole number")
        return found


#: Plans one row: its title, what is there, and a function that writes it; None when unchanged.
Step = tuple[str, str, Callable[[Session], None] | None]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A partner as the file has it."""

    profile: Profile
    place: Place

    @property
    def key(self) -> str:
        return code_from_name(f"{self.profile.name} {self.place.street}")[:120]


def plan_partners(
    session: Session, sheet: Sheet, districts: tuple[District, ...], now: datetime
) -> Iterator[tuple[int, Step | CannotRead]]:
    """Each row as a pending partner with one branch; its key is name and street."""
    seen: dict[str, int] = {}
    for row in sheet.rows:
        try:
            wanted = _partner(_Cells(row), districts)
            if wanted.key in seen:
                raise CannotRead(f"the same as line {seen[wanted.key]}")
            seen[wanted.key] = row.line
            yield row.line, _plan_partner(session, wanted, now)
        except CannotRead as why:
            yield row.line, why


def _partner(cells: _Cells, districts: tuple[District, ...]) -> _Wanted:
    name = cells.text("name", 120)
    if not name:
        raise CannotRead("there is no name")
    website = cells.text("website", 300)
    profile = Profile(
        name=name,
        about=cells.long("about"),
        website=website if website.startswith("https://") else "",
        email=cells.text("email", 254),
    )
    hours, more = _hours(cells.text("hours", 200))
    district = find_district(cells.text("district"), districts) if cells.text("district") else None
    place = Place(
        name=name[:80],
        street=" ".join(filter(None, (cells.text("street", 110), cells.text("number", 10)))),
        town=" ".join(filter(None, (cells.text("postcode", 10), cells.text("town", 60)))),
        district_code=district.code if district else None,
        opening_hours=more,
        hours=hours,
        accessibility_notes=cells.text("notes", 300),
        step_free=cells.text("step_free").lower() in YES,
    )
    return _Wanted(profile, place)


def _hours(text: str) -> tuple[str, str]:
    """Opening hours that can be counted with, or else the words as they are."""
    try:
        return read_hours(text).text(), ""
    except HoursUnclear:
        return "", text


def _plan_partner(session: Session, wanted: _Wanted, now: datetime) -> Step:
    title = wanted.profile.name
    known = session.scalars(
        select(Partner).where(Partner.source == SOURCE, Partner.source_key == wanted.key)
    ).one_or_none()
    if known is None:
        return title, "created", lambda s: _write_partner(s, wanted, now)
    branch = session.scalars(
        select(Branch).where(Branch.partner_id == known.id).order_by(Branch.id)
    ).first()
    same = _is(known, wanted.profile) and (branch is None or _is(branch, wanted.place))
    if same:
        return title, "unchanged", None
    return title, "changed", lambda s: _change_partner(s, known.id, wanted)


def _is(row: object, told: Profile | Place) -> bool:
    return all(getattr(row, name) == value for name, value in asdict(told).items())


def _write_partner(session: Session, wanted: _Wanted, now: datetime) -> None:
    made = partner_service.apply(session, wanted.profile, wanted.place, person_id=None, now=now)
    made.source, made.source_key = SOURCE, wanted.key


def _change_partner(session: Session, partner_id: uuid.UUID, wanted: _Wanted) -> None:
    partner_service.describe(partners.get_partner(session, partner_id), wanted.profile)
    branch = session.scalars(
        select(Branch).where(Branch.partner_id == partner_id).order_by(Branch.id)
    ).first()
    if branch is not None:
        partner_service.change_branch(branch, wanted.place)


def plan_rewards(
    session: Session, sheet: Sheet, partner: Partner, now: datetime
) -> Iterator[tuple[int, Step | CannotRead]]:
    """Each row as a draft of this partner; its key is the column for it, or else the title."""
    seen: dict[str, int] = {}
    for row in sheet.rows:
        try:
            cells = _Cells(row)
            told = _reward(cells)
            key = code_from_name(cells.text("key", 120) or told.words.title)[:120]
            if key in seen:
                raise CannotRead(f"the same as line {seen[key]}")
            seen[key] = row.line
            yield row.line, _plan_reward(session, partner, key, told, now)
        except CannotRead as why:
            yield row.line, why


@dataclass(frozen=True, slots=True)
class _Told:
    """A reward as the file has it; None where the file has no such column."""

    words: Words
    price: Price
    has_daily: bool
    for_families: bool | None
    minimum_age: int | None
    redeem_hours: str | None

    def kept(self, known: Reward) -> _Told:
        """The same, with what the file does not name as it is now."""
        families = known.for_families if self.for_families is None else self.for_families
        daily = self.price.daily_stock if self.has_daily else known.daily_stock
        return replace(
            self,
            words=replace(self.words, for_families=families),
            price=replace(self.price, daily_stock=daily, own_codes=known.own_codes),
            minimum_age=known.minimum_age if self.minimum_age is None else self.minimum_age,
            redeem_hours=known.redeem_hours if self.redeem_hours is None else self.redeem_hours,
        )

    def facts(self) -> dict[str, Any]:
        return asdict(self.words) | asdict(self.price) | self.terms()

    def terms(self) -> dict[str, Any]:
        told = {"minimum_age": self.minimum_age, "redeem_hours": self.redeem_hours}
        return {name: value for name, value in told.items() if value is not None}


def _reward(cells: _Cells) -> _Told:
    title = cells.text("title", 80) or cells.text("name", 80)
    if not title:
        raise CannotRead("there is no title")
    cost = cells.number("points")
    if not cost:
        raise CannotRead("points: a whole number above zero is needed")
    cents = read_cents(cells.text("value"))
    if cents is None:
        raise CannotRead(f"value: {cells.text('value')!r} is no amount in euros")
    if cents == 0 and not cells.text("reason"):
        raise CannotRead("value: a face value of 0 needs a reason")
    stock = cells.number("stock")
    category = code_from_name(cells.text("category")).replace("-", "_")
    words = Words(
        kind="points",
        category=category if category in catalogue.CATEGORIES else "other",
        title=title,
        description=cells.long("about"),
        hand_over=cells.text("hand_over", 120) or title,
        for_families=cells.text("families").lower() in YES,
    )
    pieces = None if stock in UNLIMITED else stock
    daily, age = cells.number("daily"), cells.number("age")
    if daily == 0 or (age or 0) > 21:
        raise CannotRead("daily: at least 1" if daily == 0 else "age: at most 21")
    return _Told(
        words,
        Price(cost, cents, cells.text("reason"), pieces, daily),
        has_daily=cells.has("daily"),
        for_families=words.for_families if cells.has("families") else None,
        minimum_age=(age or 0) if cells.has("age") else None,
        redeem_hours=_times(cells.text("times", 300)) if cells.has("times") else None,
    )


def _times(text: str) -> str:
    try:
        return read_hours(text).text()
    except HoursUnclear as unclear:
        raise CannotRead(f"times: {unclear}") from None


def _plan_reward(session: Session, partner: Partner, key: str, told: _Told, now: datetime) -> Step:
    title = told.words.title
    known = _find_reward(session, partner.id, key)
    if known is None:
        return title, "created", lambda s: _write_reward(s, partner.id, key, told, now)
    wanted = told.kept(known)
    facts = wanted.facts()
    if known.published_at is not None or known.own_codes != "none":
        facts.pop("stock")  # pieces on the shelf are corrected at the desk
    if all(getattr(known, name) == value for name, value in facts.items()):
        return title, "unchanged", None
    if known.first_reserved_at is not None and known.cost != wanted.price.cost:
        raise CannotRead("points: somebody has reserved it, make a new version at the desk")
    return title, "changed", lambda s: _change_reward(s, known.id, partner.id, wanted, now)


def _find_reward(session: Session, partner_id: uuid.UUID, key: str) -> Reward | None:
    return session.scalars(
        select(Reward).where(
            Reward.partner_id == partner_id, Reward.source == SOURCE, Reward.source_key == key
        )
    ).one_or_none()


def _write_reward(
    session: Session,
    partner_id: uuid.UUID,
    key: str,
    told: _Told,
    now: datetime,
) -> None:
    known = _find_reward(session, partner_id, key)
    if known is not None:  # another import was faster
        _change_reward(session, known.id, partner_id, told.kept(known), now)
        return
    made = offers.draft(session, partner_id, told.words, actor_id=None, now=now)
    made.source, made.source_key = SOURCE, key
    session.flush()  # its price is one statement of its own
    offers.price(session, made, told.price)
    for name, value in told.terms().items():
        setattr(made, name, value)


def _change_reward(
    session: Session, reward_id: uuid.UUID, partner_id: uuid.UUID, told: _Told, now: datetime
) -> None:
    """A reward that is online goes to the office with a change that it has to look at (RED-17)."""
    reward = offers.get_of(session, reward_id, partner_id)
    offers.describe(reward, told.words)
    for name, value in told.terms().items():
        setattr(reward, name, value)
    publishing.reprice(session, reward, told.price, actor_id=None, now=now)


def carry_out(
    planned: Iterator[tuple[int, Step | CannotRead]],
    run: Callable[[Callable[[Session], None]], None] | None,
) -> Report:
    """Write each row in a unit of its own; without ``run`` only say what would happen."""
    report = Report()
    for number, step in list(planned):
        if isinstance(step, CannotRead):
            report.lines.append(Line(number, "refused", "", str(step)))
            continue
        title, outcome, do = step
        try:
            if run is not None and do is not None:
                run(do)
            report.lines.append(Line(number, outcome, title))
        except DomainError as refusal:
            report.lines.append(Line(number, "refused", title, str(refusal)))
    return report
