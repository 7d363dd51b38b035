"""Faults in what is believed of the database."""

from __future__ import annotations

from tests.faults.fault import of

VAULT = "tests/vault"
RULES = "tests/rules"

TRUST = of(
    "vault",
    (
        "a mark is not asked for",
        "vault/trust.py",
        "return fact.number < self.marks.least(fact.kind, fact.thing)",
        "return False",
        (VAULT,),
    ),
    (
        "a mark is off by one",
        "vault/trust.py",
        "return fact.number < self.marks.least",
        "return fact.number + 1 < self.marks.least",
        (VAULT,),
    ),
    (
        "a post forgets its roles",
        "vault/tags.py",
        'name, function, frozenset(roles), supervisor)\n    return _fact("post"',
        'name, function, frozenset(), supervisor)\n    return _fact("post"',
        (VAULT,),
    ),
    (
        "a mark is written before the commit",
        "vault/server.py",
        "transaction.on_commit(lambda: marks().raise_to(kind, thing, number))",
        "marks().raise_to(kind, thing, number)",
        (VAULT,),
    ),
    (
        "a lost file of marks is an empty one",
        "vault/marks.py",
        "        except OSError:\n            raise MarksLost from None\n        self._seen = seen",
        "        except OSError:\n            return\n        self._seen = seen",
        (VAULT,),
    ),
    (
        "a mark that was known and is gone is forgotten",
        "vault/marks.py",
        "if len(whole) < self._read or any(found.get(key, 0) < number for key, number in self._least.items()):",
        "if len(whole) < 0:",
        (VAULT,),
    ),
    (
        "of the marks that were read only the length is looked at again",
        "vault/marks.py",
        "if hashed.digest() != self._hash:",
        "if len(text) < self._read:",
        (VAULT,),
    ),
    (
        "a list keeps what it does not believe",
        "vault/trust.py",
        "        self.alarms.raise_for(fact.kind, fact.thing)\n        return False",
        "        self.alarms.raise_for(fact.kind, fact.thing)\n        return True",
        (VAULT,),
    ),
    (
        "the weakest credential is believed",
        "vault/person.py",
        "if cost.ops < floor.ops or cost.memory < floor.memory or",
        "if",
        (VAULT,),
    ),
    (
        "a session opens under another name",
        "web/session_store.py",
        'return f"session.{stored}"',
        'return "session"',
        ("tests/web",),
    ),
    (
        "the empty text is read as no text",
        "canon.py",
        "return NULL if encoded is None else",
        "return NULL if not encoded else",
        (RULES,),
    ),
)
