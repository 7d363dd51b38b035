"""The files of the house, as the house tests read them: what git would keep, and nothing made on this machine."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "hamkori"
TEXT = frozenset({".py", ".md", ".toml", ".txt", ".html", ".css", ".js", ".sql", ".yaml", ".yml", ".po", ".svg", ""})


@cache
def kept() -> tuple[Path, ...]:
    """Every file that is in git, or new and not ignored. Where there is no git: all but hidden folders."""
    git = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if git.returncode == 0:
        names = [ROOT / name for name in git.stdout.split("\0") if name]
    else:
        names = [path for path in ROOT.rglob("*") if not any(part.startswith(".") for part in path.parts)]
    return tuple(sorted(path for path in names if path.is_file()))


def texts() -> Iterator[tuple[str, str]]:
    """Place and content of every kept text file."""
    for path in kept():
        if path.suffix in TEXT:
            yield path.relative_to(ROOT).as_posix(), path.read_text("utf-8")


def python(*, tests: bool = False) -> Iterator[tuple[str, str, ast.Module]]:
    """Place, content and syntax tree of our Python; migrations are made by Django and left out."""
    for place, content in texts():
        if place.endswith(".py") and "/migrations/" not in place and (tests or place.startswith("src/")):
            yield place, content, ast.parse(content)


def templates() -> Iterator[tuple[str, str]]:
    """Place and content of every page's template."""
    return ((place, content) for place, content in texts() if place.endswith(".html") and "/templates/" in place)
