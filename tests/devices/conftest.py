"""Browsers of these tests read English; that everything is translated is tested elsewhere."""

from __future__ import annotations

from tests.rewards.conftest import client

__all__ = ["client"]
