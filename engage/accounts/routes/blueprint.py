"""The blueprint that all pages of accounts belong to, and what they share."""

from __future__ import annotations

from flask import Blueprint, request
from flask_wtf import FlaskForm

from engage.core.errors import DomainError, Outcome
from engage.web.access import is_safe_next
from engage.web.context import settings
from engage.web.errors import sentence

bp = Blueprint("accounts", __name__)


def network() -> str:
    """The caller's network address, as far as guessing limits need it."""
    return request.remote_addr or "unknown"


def quick() -> bool:
    """Whether hashes may be cheap: in tests."""
    return settings().quick_hashes


def next_or(default: str) -> str:
    """Where the person was heading, if that is a page of ours."""
    target = request.values.get("next", "")
    return target if is_safe_next(target) else default


def put_beside(form: FlaskForm, refusal: DomainError | Outcome, field: str = "") -> None:
    """Show a refusal where it belongs: at the field it names, else above the form."""
    named = refusal.facts.get("fields")
    name = next(iter(named), field) if isinstance(named, dict) else field
    if name and name in form:
        form[name].errors = [*form[name].errors, sentence(refusal)]
    else:
        form.form_errors.append(sentence(refusal))
