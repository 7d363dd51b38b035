"""What an operator reads is as plain as what a worker reads: no old house word in commands, alarms, errors and logs."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from hamkori.site.catalogues.sources import HOUSE
from tests.house.test_plain_words import OLD

FOLDERS = (
    *(f"site/{name}" for name in (
        "launch", "management", "health", "keys", "demo", "serving", "database", "tags", "formats", "environment.py",
        "reading.py", "rooms.py", "settings.py",
    )),
    "jobs", "audit/management", "audit/standing.py", "audit/witness.py", "directory/management", "directory/importing",
)  # fmt: skip

# Not a sentence: the commands themselves, settings, placeholders, names of files and tables.
NAMES = re.compile(
    r"\./hamkori [\w-]+( [\w-]+)?|HAMKORI_\w+|%\(\w+\)\w|%\w|--[\w-]+|[\w.]+/[\w./-]+|\bhk_\w+|\w+_\w+|\b[a-z]\.\w+"
)
SQL = re.compile(r"\b(?:select|insert into|update|delete from|grant|create|alter|call|lock table)\b.+", re.DOTALL)

# Words that an operator reads in another meaning, and why.
MEANT = {
    r"seal\w*": "the signature of the record of access; docs/operating.md says what the sealer is",
    r"[rR]elease key": "the key that `keys rotate-release` turns",
    r"request was refused": "what a browser sent, in the log of the server",
}
KEPT = re.compile("|".join(MEANT))


def sentences(path: Path) -> Iterator[tuple[str, int]]:
    """Each text of a file that has a blank in it, but for descriptions, SQL and what gettext holds."""
    tree = ast.parse(path.read_text("utf-8"))
    aside = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"_", "gettext_lazy"}:
            aside |= {id(word) for word in node.args}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in aside:
            continue
        if " " in node.value.strip() and not SQL.search(node.value):
            yield node.value, node.lineno


def faults(text: str) -> list[str]:
    bare = KEPT.sub("…", NAMES.sub("…", text))
    return [f"“{found[0]}”: say {new}" for old, new in OLD.items() if (found := old.search(bare))]


def _files() -> list[Path]:
    found = [HOUSE / name for name in FOLDERS]
    return sorted(path for one in found for path in ([one] if one.suffix else one.rglob("*.py")) if path.is_file())


def test_no_operator_reads_an_old_word() -> None:
    found = [
        f"{path.relative_to(HOUSE)}:{line}: {text}\n    {fault}"
        for path in _files()
        for text, line in sentences(path)
        for fault in faults(text)
    ]
    assert not found, "\n".join(found)


def test_the_texts_are_found() -> None:
    assert all((HOUSE / name).exists() for name in FOLDERS)
    read = {text for path in _files() for text, _line in sentences(path)}
    assert len(read) > 500
    for meant in MEANT:
        assert any(re.search(meant, text) for text in read), meant


@pytest.mark.parametrize(
    ("text", "old"),
    [
        ("The import was broken off: a body of it is unknown.", "body"),
        ("permits of requests", "requests"),
        ("each person's is renewed when she next signs in", "she"),
        ("Its row is gone.", "gone"),
    ],
)
def test_an_old_word_is_seen(text: str, old: str) -> None:
    assert any(old in fault for fault in faults(text))


def test_a_name_is_no_word() -> None:
    assert not faults("Nothing was changed. To take them out: ./hamkori audit-mend --apply")
    assert not faults("run the jobs on the database of HAMKORI_CLOCK_URL")
