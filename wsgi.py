"""What a production server and the ``flask`` command load."""

from __future__ import annotations

import sys

from config import Settings, SettingsRefused
from engage import create_app

try:
    app = create_app(Settings.from_env())
except SettingsRefused as refused:
    sys.exit(f"Engage does not start:\n{refused}")
