"""The files of the house, as the house tests read them: what git would keep, and nothing made on this machine."""

import ast
import gc
import subprocess
from collections.abc import Callable, Iterator
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


@cache
def texts() -> tuple[tuple[str, str], ...]:
    """Place and content of every kept text file. Read once: one process takes all tests of the house."""
    return tuple((path.relative_to(ROOT).as_posix(), path.read_text("utf-8")) for path in kept() if path.suffix in TEXT)


def python(*, tests: bool = False) -> Iterator[tuple[str, str, ast.Module]]:
    """Place, content and syntax tree of our Python; migrations are made by Django and left out."""
    return ((place, content, _tree(place)) for place, content in texts() if _is_ours(place, tests=tests))


def _is_ours(place: str, *, tests: bool) -> bool:
    return place.endswith(".py") and "/migrations/" not in place and (tests or place.startswith("src/"))


def tree_at(path: Path) -> ast.Module:
    """The syntax tree of one of our files, or of one that a test has written elsewhere."""
    place = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else ""
    return _tree(place) if _is_ours(place, tests=True) else ast.parse(path.read_text("utf-8"))


def _tree(place: str) -> ast.Module:
    """Whoever looks at it leaves it as it is: the next one looks at the same."""
    of = _of_the_product() if place.startswith("src/") else _of_the_tests()
    return of[place]


@cache
def _of_the_product() -> dict[str, ast.Module]:
    return _parsed(lambda place: place.startswith("src/"))


@cache
def _of_the_tests() -> dict[str, ast.Module]:
    return _parsed(lambda place: not place.startswith("src/"))


def _parsed(chosen: Callable[[str], bool]) -> dict[str, ast.Module]:
    found = {place: ast.parse(content) for place, content in texts() if _is_ours(place, tests=True) and chosen(place)}
    gc.freeze()  # these stay to the end: nobody looks through them for garbage
    return found


def templates() -> Iterator[tuple[str, str]]:
    """Place and content of every page's template."""
    return ((place, content) for place, content in texts() if place.endswith(".html") and "/templates/" in place)
