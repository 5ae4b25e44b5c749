"""Builds what an installed city needs beyond its sources: translations, styles and scripts."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Build(BuildHookInterface[Any]):
    """Runs before a package is put together; whatever is there already is not made again."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        catalogues = root / "engage/translations/catalogues.py"
        subprocess.run([sys.executable, catalogues, "compile"], check=True, cwd=root)
        if not (root / "static/dist/manifest.json").exists():
            self._build_assets(root)

    def _build_assets(self, root: Path) -> None:
        npm = shutil.which("npm")
        if npm is None:
            self.app.abort(
                "static/dist is missing. Run 'make assets' first, it brings its own Node."
            )
        subprocess.run([npm, "ci", "--no-audit", "--no-fund"], check=True, cwd=root)
        subprocess.run([npm, "run", "build"], check=True, cwd=root)
