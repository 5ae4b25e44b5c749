"""What only the tests of activities need."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.databases import missing


@pytest.fixture
def sample_data() -> Path:
    """The folder of real files that ``ENGAGE_SAMPLE_DATA`` names."""
    folder = os.environ.get("ENGAGE_SAMPLE_DATA", "")
    if not folder:
        missing("ENGAGE_SAMPLE_DATA is not set: the real files of other cities are not here")
    return Path(folder)
