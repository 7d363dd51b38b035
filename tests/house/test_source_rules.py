"""The rules of `./hamkori check source`, each broken on purpose."""

from __future__ import annotations

import re

import pytest

from hamkori.site.checks import source_rules
from tests.attacks import counted

BROKEN = (
    "import pickle",
    "import pickle as p",
    "from pickle import loads",
    "def f():\n    import _pickle",
    "import marshal",
    "import shelve",
    "import importlib\nimportlib.import_module('pickle')",
    "__import__('pickle').loads(b'')",
    "import yaml\nyaml.load(text)",
    "import yaml\nyaml.load(text, Loader=yaml.Loader)",
    "import yaml\nyaml.load_all(text, Loader=yaml.SafeLoader)",
    "import yaml\nyaml.unsafe_load(text)",
    "import yaml\nyaml.full_load(text)",
    "from yaml import load",
    "CACHES = {'default': {'BACKEND': 'django.core.cache.backends.db.DatabaseCache'}}",
    "CACHES = {'default': {'BACKEND': 'django.core.cache.backends.locmem.LocMemCache'}}",
    "SESSION_SERIALIZER = 'django.contrib.sessions.serializers.PickleSerializer'",
    "import hashlib",
    "from hashlib import sha256",
    "import hmac",
)
RIGHT = (
    "import json",
    "import yaml\nyaml.safe_load(text)",
    "import yaml\nyaml.load(text, Loader=yaml.SafeLoader)",
    "from hamkori.vault.bytes import h",
    "text = 'pickle'",
)


@pytest.mark.parametrize("source", BROKEN)
def test_what_breaks_a_rule_is_named(source: str) -> None:
    (fault,) = source_rules.faults(source, "web/somewhere.py")
    assert fault.startswith("web/somewhere.py:")
    counted.tried()


@pytest.mark.parametrize("source", RIGHT)
def test_what_is_right_is_not(source: str) -> None:
    assert list(source_rules.faults(source, "web/somewhere.py")) == []


def test_a_bare_hash_is_right_where_the_reason_stands() -> None:
    assert list(source_rules.faults("import hashlib", "audit/merkle.py")) == []


def test_the_house_keeps_them_and_no_reason_is_idle(capsys: pytest.CaptureFixture[str]) -> None:
    assert source_rules.main() == 0, capsys.readouterr().out
    for place in source_rules.HASHED:
        found = source_rules.HOUSE / place
        assert found.is_dir() or re.search("import (hashlib|hmac)", found.read_text(encoding="utf-8")), place
