"""What the worker does for privacy."""

from __future__ import annotations

from datetime import timedelta

from engage.privacy.retention import forget_all
from engage.storage.periodic import Task

TASKS: tuple[Task, ...] = (Task("privacy.forget", timedelta(hours=1), forget_all),)
