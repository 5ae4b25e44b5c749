"""Builds what an installed city needs beyond its sources; everything else is in pyproject.toml."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py
from setuptools.errors import SetupError

ROOT = Path(__file__).parent


class Build(build_py):
    """Compiles the translations and sees that the styles and scripts are there."""

    def run(self) -> None:
        catalogues = ROOT / "engage/translations/catalogues.py"
        subprocess.run([sys.executable, catalogues, "compile"], check=True, cwd=ROOT)
        if not (ROOT / "static/dist").is_dir():
            self._build_assets()
        super().run()

    def _build_assets(self) -> None:
        npm = shutil.which("npm")
        if npm is None:
            raise SetupError(
                "static/dist is missing. Run 'make assets' first, it brings its own Node."
            )
        subprocess.run([npm, "ci", "--no-audit", "--no-fund"], check=True, cwd=ROOT)
        subprocess.run([npm, "run", "build"], check=True, cwd=ROOT)


setup(cmdclass={"build_py": Build})
