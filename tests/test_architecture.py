"""Rules about the code that no linter knows. Each failure names its file."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
RULES = ROOT / "engage/core/RULES.md"
#: A file that grows beyond this is looked at again, and divided.
LIMITS = {
    "engage/**/*.py": 400,
    "tests/**/*.py": 400,
    "templates/components/*.html": 240,
    "templates/**/*.html": 160,
    "static/js/**/*.js": 200,
}
CONFIGURATION = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["engage"]
FEATURES = [
    folder
    for folder in sorted((ROOT / "engage").iterdir())
    if (folder / "__init__.py").exists()
    and folder.name not in CONFIGURATION["features"]["not_features"]
]


def files(pattern: str) -> list[Path]:
    return sorted(path for path in ROOT.glob(pattern) if "dist" not in path.parts)


ROUTES = [
    *files("engage/*/routes.py"),
    *files("engage/*/routes/*.py"),
    *files("engage/*/api.py"),
    *files("engage/*/api/*.py"),
]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def calls(path: Path) -> set[str]:
    return {
        node.func.attr
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }


def test_files_stay_small() -> None:
    sizes = {
        path: len(path.read_text().splitlines()) for pattern in LIMITS for path in files(pattern)
    }

    assert {name(path): size for path, size in sizes.items() if size > _limit(path)} == {}


def _limit(path: Path) -> int:
    usual = next(limit for pattern, limit in LIMITS.items() if path in files(pattern))
    return int(CONFIGURATION["sizes"].get(name(path), usual))


def test_only_the_unit_of_work_commits() -> None:
    committing = [name(path) for path in files("engage/**/*.py") if "commit" in calls(path)]

    assert set(committing) <= {"engage/storage/unit_of_work.py"}


def test_the_environment_is_read_in_one_file() -> None:
    reading = [
        name(path)
        for path in [*files("engage/**/*.py"), *files("*.py")]
        if re.search(r"\bos\.(environ|getenv)\b", path.read_text())
    ]

    assert set(reading) <= {"config.py"}


def test_routes_are_short() -> None:
    """Fifteen lines, without the docstring and the line breaks of the signature."""
    long = [
        f"{name(path)}:{function.name}"
        for path in ROUTES
        for function in functions(path)
        if _is_route(function) and _length(function) > 15
    ]

    assert long == []


def _is_route(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    decorators = " ".join(ast.unparse(decorator) for decorator in function.decorator_list)
    return re.search(r"\.(get|post|put|patch|delete|route)\(", decorators) is not None


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_a_get_and_a_post_are_two_functions() -> None:
    both = [
        f"{name(path)}:{function.name}"
        for path in ROUTES
        for function in functions(path)
        for decorator in function.decorator_list
        if "methods=" in ast.unparse(decorator) and "GET" in ast.unparse(decorator)
    ]

    assert both == []


def test_a_feature_has_no_files_but_the_agreed_ones() -> None:
    """Import rules speak of file names, so a name that nobody agreed on would escape them all."""
    agreed, also = set(CONFIGURATION["features"]["files"]), CONFIGURATION["features"]["also"]
    strangers = [
        name(path)
        for feature in FEATURES
        for path in sorted(feature.iterdir())
        if path.suffix == ".py"
        or (path.is_dir() and path.name != "__pycache__" and any(path.glob("*.py")))
        if path.stem not in agreed | {"__init__"} | set(also.get(feature.name, []))
    ]

    assert strangers == []


WEB = {"flask", "flask_babel", "flask_login", "flask_wtf", "wtforms", "werkzeug", "apiflask"}


def test_what_is_below_the_routes_knows_no_flask() -> None:
    """The import rules name the usual files; this holds for the special ones too."""
    leaning = [
        f"{name(path)}: {imported}"
        for feature in FEATURES
        for path in sorted(feature.rglob("*.py"))
        if path.relative_to(feature).parts[0].removesuffix(".py")
        not in CONFIGURATION["features"]["edge"]
        for imported in imports(path)
        if imported.split(".")[0] in WEB or imported.startswith("engage.web")
    ]

    assert leaning == []


FORBIDDEN_IN_HTML = {
    "inline script": r"<script(?![^>]*\bsrc=)",
    "inline style": r"<style|\sstyle=",
    "inline handler": r"\son[a-z]+=|javascript:",
    "unescaped output": r"\|\s*safe\b|autoescape false",
    "words that are not finished": r"\bTODO\b|\bFIXME\b|lorem ipsum|coming soon",
    "something from elsewhere": r"<(?:script|link|img|iframe)[^>]*(?:src|href)=\"(?:https?:)?//",
}


def test_templates_hold_no_script_no_style_and_escape_everything() -> None:
    broken = [
        f"{name(path)}: {what}"
        for path in files("templates/**/*.html")
        for what, pattern in FORBIDDEN_IN_HTML.items()
        if not (
            what == "inline style" and path.parent.name in {"print", "mail"}
        )  # paper and mail have no content policy
        if re.search(pattern, path.read_text(), re.IGNORECASE)
    ]

    assert broken == []


def test_each_page_begins_with_what_it_shows() -> None:
    silent = [
        name(path)
        for path in files("templates/**/*.html")
        if "{% extends" in path.read_text() and not path.read_text().startswith("{# Shows:")
    ]

    assert silent == []


def test_each_module_says_what_it_is_for() -> None:
    silent = [
        name(path)
        for path in files("engage/**/*.py")
        if ast.get_docstring(ast.parse(path.read_text())) is None
    ]

    assert silent == []


def test_every_written_rule_has_a_test_that_names_it() -> None:
    rules = (
        re.findall(r"^\| ([A-Z]{3}-\d+) \|", RULES.read_text(), re.MULTILINE)
        if RULES.exists()
        else []
    )
    tests = {function.name for path in files("tests/**/test_*.py") for function in functions(path)}

    unproven = [
        rule
        for rule in rules
        if not any(one.startswith(f"test_{_in_a_name(rule)}_") for one in tests)
    ]

    assert unproven == []
    assert len(rules) == len(set(rules)), "a number stands for one rule"


def test_every_test_that_names_a_rule_names_one_that_is_written() -> None:
    rules = (
        re.findall(r"^\| ([A-Z]{3}-\d+) \|", RULES.read_text(), re.MULTILINE)
        if RULES.exists()
        else []
    )
    written = {_in_a_name(rule) for rule in rules}
    kinds = {rule.split("_")[0] for rule in written}
    named = {
        found.group(1)
        for path in files("tests/**/test_*.py")
        for function in functions(path)
        if (found := re.match(r"test_([a-z]{3}_\d+)_", function.name))
        if found.group(1).split("_")[0] in kinds
    }

    assert named - written == set()


def _in_a_name(rule: str) -> str:
    return rule.lower().replace("-", "_")


def test_each_migration_has_a_number_of_its_own_and_follows_the_one_before() -> None:
    told = [
        (path.name[:4], *re.findall(r'^(?:down_)?revision = "?(\w+)"?$', path.read_text(), re.M))
        for path in files("migrations/versions/*.py")
    ]
    told.sort()

    assert [one[1:] for one in told] == [
        (f"{number:04d}", f"{number - 1:04d}" if number > 1 else "None")
        for number in range(1, len(told) + 1)
    ]
    assert all(name == revision for name, revision, _ in told)
