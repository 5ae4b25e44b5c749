"""Pages of accounts, one file per way in."""

from __future__ import annotations

from engage.accounts.routes import (
    account,
    claim,
    entry,
    mail_links,
    passes,
    second_factor,
    security,
    sign_up,
)
from engage.accounts.routes.blueprint import bp

__all__ = [
    "account",
    "bp",
    "claim",
    "entry",
    "mail_links",
    "passes",
    "second_factor",
    "security",
    "sign_up",
]
