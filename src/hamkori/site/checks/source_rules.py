"""What no line of the source does: make objects of stored bytes, or mix a hash of its own.

`python -m hamkori.site.checks.source_rules` names each place that does; it is a part of `./hamkori check`.
Unpickling is running, whoever wrote the bytes. A hash that proves something is keyed, and made where all are: in
`hamkori.vault`, over `hamkori.canon`.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2]

# Each of them makes objects of what it reads.
UNPACKING = frozenset({"pickle", "_pickle", "cPickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "dbm"})
LOADING = frozenset({"load", "load_all", "unsafe_load", "unsafe_load_all", "full_load", "full_load_all"})
SAFE = frozenset({"yaml.SafeLoader", "yaml.CSafeLoader", "getattr(yaml, 'CSafeLoader', yaml.SafeLoader)"})
# Backends of others that unpickle what is stored, by the beginnings of their names.
STORING = ("django.core.cache.backends.", "django.contrib.sessions.serializers.PickleSerializer", "django_redis.")
HASHING = frozenset({"hashlib", "hmac", "_hashlib", "_blake2", "_sha2"})
# Where a bare hash is right. Whatever proves something to the database or to a reader is not among them.
HASHED: dict[str, str] = {
    "audit/": "the ledger's chain, which outsiders verify without a key",
    "access/context.py": "a session's token as it is stored: 256 random bits, in the form that the database computes",
    "people/actions/welcome.py": "a link's token as it is stored: 256 random bits",
    "site/demo/secret.py": "the demo's printed passphrases, from its own secret",
    "site/launch/places.py": "the state of the source, and a folder's name",
    "site/rooms.py": "the state of files: of the source, of a world that is kept, of what pages ask for",
    "site/database/worker_secret.py": "the worker's secret as it is stored: 256 random bits, as the database does it",
    "vault/marks.py": "whether the beginning of a file is as this process has read it",
    "vault/proof.py": "HMAC, in the form that the database computes from its two halves",
    "web/kit/assets.py": "file names that follow from contents",
    "web/desk/views.py": "whether a page has changed",
    "web/sessions/store.py": "a session's key as it is stored: more than 160 random bits",
}


def faults(source: str, path: str) -> Iterator[str]:
    """What is wrong in this source, one line each; `path` is relative to src/hamkori."""
    for node in ast.walk(ast.parse(source)):
        for said in _said(node, path):
            yield f"{path}:{getattr(node, 'lineno', 0)}: {said}"


def _said(node: ast.AST, path: str) -> Iterator[str]:
    for module in _imported(node):
        if module in UNPACKING:
            yield f"{module} makes objects of what it reads, whoever wrote it"
        if module in HASHING and not any(path.startswith(known) for known in HASHED):
            yield f"{module} outside `audit`: take hamkori.vault.bytes.h, or say here why a bare hash is right"
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="yaml"), attr=attr), keywords=given) if attr in LOADING:
            if attr == "load" and {word.arg: ast.unparse(word.value) for word in given}.get("Loader") in SAFE:
                return
            yield f"yaml.{attr} makes objects of what it reads; yaml.safe_load does not"
        case ast.ImportFrom(module="yaml", names=names) if loads := [n.name for n in names if n.name in LOADING]:
            yield f"yaml.{loads[0]} makes objects of what it reads; yaml.safe_load does not"
        case ast.Constant(value=str(text)) if text.startswith(STORING):
            yield f"{text} unpickles what is stored"


def _imported(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Import(names=names):
            yield from (name.name.partition(".")[0] for name in names)
        case ast.ImportFrom(module=str(module), level=0):
            yield module.partition(".")[0]
        case ast.Call(
            func=ast.Name(id="__import__") | ast.Attribute(attr="import_module"),
            args=[ast.Constant(value=str(name)), *_],
        ):
            yield name.partition(".")[0]


def main() -> int:
    """Every file of the house. 1: there are faults."""
    found = [
        fault
        for path in sorted(HOUSE.rglob("*.py"))
        if path != Path(__file__).resolve()
        for fault in faults(path.read_text(encoding="utf-8"), path.relative_to(HOUSE).as_posix())
    ]
    sys.stdout.write("".join(f"{fault}\n" for fault in found))
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
