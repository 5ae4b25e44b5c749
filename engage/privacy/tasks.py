"""What the worker does for privacy."""

from __future__ import annotations

from engage.storage.periodic import Task

TASKS: tuple[Task, ...] = ()
