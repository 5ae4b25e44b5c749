"""Settings from the environment, read once, refused if wrong. The only reader of ``os.environ``."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

ROOT = Path(__file__).parent

#: Keys of the demo city only; ``from_env`` refuses to start with them anywhere else.
DEMO_SECRET = "demo-only-secret-key-never-used-outside-the-demo-city"  # noqa: S105  # public on purpose
DEMO_CODE_KEYS = "demo:ZGVtby1vbmx5LWNvZGUta2V5LWZvci1sb2NhbC11c2U"


class SettingsRefused(Exception):
    """The settings are wrong. The text names every setting at fault and shows no secret."""


@dataclass(frozen=True, slots=True)
class City:
    """Who runs this installation, as the imprint and the privacy page must say it.

    districts: pairs of code and name; empty means the shipped list of Dortmund.
    """

    name: str = "Dortmund"
    product: str = "Engage"
    operator: str = "Stadt Musterstadt (Demo)"
    represented_by: str = "Das Programmbüro (Demo)"
    street: str = "Beispielplatz 1"
    town: str = "44000 Musterstadt"
    phone: str = "0000 000000"
    email: str = "engage@example.org"
    privacy_contact: str = "datenschutz@example.org"
    supervisory_authority: str = "Aufsichtsbehörde des Landes (Demo)"
    accessibility_contact: str = "barrierefrei@example.org"
    enforcement_body: str = "Ombudsstelle für barrierefreie IT (Demo)"
    districts: tuple[tuple[str, str], ...] = ()

    @property
    def office_email(self) -> str:
        return self.email

    @classmethod
    def from_toml(cls, path: Path, problems: list[str]) -> City:
        try:
            given = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as reason:
            problems.append(f"ENGAGE_CITY_FILE: {path} cannot be read ({reason})")
            return cls()
        names = {item.name for item in fields(cls)}
        for name in sorted(set(given) - names):
            problems.append(f"ENGAGE_CITY_FILE: unknown entry {name}")
        for name in sorted(names - set(given) - {"product", "districts"}):
            problems.append(f"ENGAGE_CITY_FILE: {name} is missing")
        districts = given.get("districts", {})
        if not isinstance(districts, dict):
            problems.append("ENGAGE_CITY_FILE: districts is a table of code = name")
            districts = {}
        known = {name: str(given[name]) for name in names & set(given) - {"districts"}}
        listed = tuple((str(code), str(name)) for code, name in districts.items())
        return replace(cls(), districts=listed, **known)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an installation can set. Secrets do not print."""

    #: SQLAlchemy address; PostgreSQL in production.
    database_url: str
    #: Signs sessions. Older ones still verify.
    secret_key: str = field(repr=False)
    secret_key_fallbacks: tuple[str, ...] = field(default=(), repr=False)
    #: Pairs of id and key, newest first: codes, cards, stored secrets, the ledger's seal.
    code_keys: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)
    #: Where the public reaches this installation, without a slash at the end.
    base_url: str = "http://127.0.0.1:8000"
    #: ``smtp://user:password@host:port`` or ``smtps://…``; empty keeps mail in the outbox.
    mail_url: str = field(default="", repr=False)
    mail_from: str = "Engage <engage@example.org>"
    timezone: str = "Europe/Berlin"
    #: How many proxies in front are believed about the caller's address.
    trusted_proxies: int = 0
    metrics_token: str = field(default="", repr=False)
    #: Database connections a process keeps.
    pool_size: int = 5
    demo: bool = False
    #: Cheap password hashes; tests only.
    quick_hashes: bool = False
    testing: bool = False
    city: City = City()

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).netloc

    @property
    def is_local(self) -> bool:
        return (urlsplit(self.base_url).hostname or "") in {"localhost", "127.0.0.1", "::1"}

    @classmethod
    def for_tests(cls, database_url: str, **changes: Any) -> Settings:
        """Settings of a test: cheap hashes, fixed keys, the demo's city."""
        base = cls(
            database_url=database_url,
            secret_key="not-a-secret-but-long-enough-for-tests",  # noqa: S106  # it says so
            code_keys=_read_keys(DEMO_CODE_KEYS, []),
            base_url="http://localhost",
            quick_hashes=True,
            testing=True,
            demo=True,
        )
        return replace(base, **changes)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read and check every setting.

        Raises SettingsRefused naming all that is wrong or missing at once.
        """
        read = _Reader(os.environ if environ is None else environ)
        demo = read.flag("ENGAGE_DEMO")
        city = _read_city(read, demo=demo)
        instance = ROOT / "instance"
        settings = cls(
            database_url=_with_driver(
                read.text("ENGAGE_DATABASE_URL", f"sqlite:///{instance}/engage.db")
            ),
            secret_key=_read_secret(read, demo=demo),
            secret_key_fallbacks=tuple(read.text("ENGAGE_SECRET_KEY_OLD", "").split()),
            code_keys=_read_keys(
                read.text("ENGAGE_CODE_KEYS", DEMO_CODE_KEYS if demo else ""), read.problems
            ),
            base_url=_read_base_url(read),
            mail_url=_read_mail_url(read, demo=demo),
            mail_from=read.text("ENGAGE_MAIL_FROM", f"{city.product} <{city.email}>"),
            timezone=_read_timezone(read),
            trusted_proxies=read.number("ENGAGE_TRUSTED_PROXIES", 0),
            metrics_token=read.text("ENGAGE_METRICS_TOKEN", ""),
            pool_size=read.number("ENGAGE_POOL_SIZE", 5),
            demo=demo,
            city=city,
        )
        if demo and not settings.is_local:
            read.problems.append("ENGAGE_DEMO: the demo city runs on a local address only")
        if read.problems:
            raise SettingsRefused("\n".join(read.problems))
        if settings.database_url.startswith(f"sqlite:///{instance}/"):
            instance.mkdir(exist_ok=True)
        return settings


class _Reader:
    """Reads ``NAME`` or the file named by ``NAME_FILE``; collects what is wrong."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.problems: list[str] = []

    def text(self, name: str, default: str) -> str:
        file = self._environ.get(f"{name}_FILE")
        if file:
            try:
                return Path(file).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError):
                self.problems.append(f"{name}_FILE: {file} cannot be read")
                return default
        return self._environ.get(name, default).strip()

    def number(self, name: str, default: int) -> int:
        given = self.text(name, str(default))
        if not given.isdecimal():
            self.problems.append(f"{name}: a whole number, zero or more")
            return default
        return int(given)

    def flag(self, name: str) -> bool:
        given = self.text(name, "0").lower()
        if given not in {"", "0", "1", "no", "yes", "false", "true"}:
            self.problems.append(f"{name}: 1 or 0")
        return given in {"1", "yes", "true"}


def _read_keys(text: str, problems: list[str]) -> tuple[tuple[str, bytes], ...]:
    """``id:key`` pairs separated by spaces or commas, newest first; 24 characters or more each."""
    keys = []
    for pair in text.replace(",", " ").split():
        name, colon, key = pair.partition(":")
        if not colon or not name.isalnum() or len(name) > 12 or len(key) < 24:
            problems.append("ENGAGE_CODE_KEYS: pairs id:key, each key 24 characters or more")
            return ()
        keys.append((name, key.encode()))
    if not keys:
        problems.append("ENGAGE_CODE_KEYS: missing; cards and codes are made with it")
    if len({name for name, _ in keys}) < len(keys):
        problems.append("ENGAGE_CODE_KEYS: an id occurs twice")
    return tuple(keys)


def _with_driver(url: str) -> str:
    """PostgreSQL addresses as people write them, with the driver that we use."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _read_secret(read: _Reader, *, demo: bool) -> str:
    secret = read.text("ENGAGE_SECRET_KEY", DEMO_SECRET if demo else "")
    if len(secret) < 32 or (secret == DEMO_SECRET and not demo):
        read.problems.append("ENGAGE_SECRET_KEY: at least 32 random characters are needed")
    return secret


def _read_base_url(read: _Reader) -> str:
    base_url = read.text("ENGAGE_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
    parts = urlsplit(base_url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        read.problems.append("ENGAGE_BASE_URL: an address such as https://engage.example.org")
    return base_url


def _read_mail_url(read: _Reader, *, demo: bool) -> str:
    mail_url = read.text("ENGAGE_MAIL_URL", "")
    if mail_url and urlsplit(mail_url).scheme not in {"smtp", "smtps"}:
        read.problems.append("ENGAGE_MAIL_URL: starts with smtp:// or smtps://")
    if not mail_url and not demo:
        read.problems.append("ENGAGE_MAIL_URL: missing; nobody could confirm an address")
    return mail_url


def _read_timezone(read: _Reader) -> str:
    timezone = read.text("ENGAGE_TIMEZONE", "Europe/Berlin")
    try:
        ZoneInfo(timezone)
    except (KeyError, ValueError, OSError):
        read.problems.append("ENGAGE_TIMEZONE: not a time zone of the IANA database")
        return "Europe/Berlin"
    return timezone


def _read_city(read: _Reader, *, demo: bool) -> City:
    if city_file := read.text("ENGAGE_CITY_FILE", ""):
        return City.from_toml(Path(city_file), read.problems)
    if not demo:
        read.problems.append("ENGAGE_CITY_FILE: missing; imprint and privacy page need it")
    return City()
