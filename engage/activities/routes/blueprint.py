"""The one blueprint that all pages of activities hang on."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("activities", __name__)
