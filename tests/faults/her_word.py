"""Faults in what her newest word is, and in what waits for it."""

from __future__ import annotations

from tests.faults.fault import of

FORMS = "tests/attacks/test_an_older_form_of_her_word.py"
RECORD = "casework/actions/consent.py"
SEEN = "if (gives or again) and seen not in (None, former.number if former else 0):"

HER_WORD = of(
    "her word",
    ("an older form gives over a newer word", RECORD, SEEN, "if False:", (FORMS,)),
    (
        "a no is refused because its form is older",
        RECORD,
        SEEN,
        "if seen not in (None, former.number if former else 0):",
        (FORMS,),
    ),
    (
        "whom she does not want is the list that was ticked",
        RECORD,
        "(_excluded(former) - again) | without",
        "without",
        (FORMS,),
    ),
    (
        "a body that is not listed is one that she takes again",
        "web/consent/forms.py",
        'gone = {value for value in data.getlist("stood") if value not in listed}',
        "gone: set[str] = set()",
        (FORMS,),
    ),
    (
        "her name stays where no papers were to go",
        "casework/rules/consent.py",
        '"without_name" or "identity" in taken',
        '"without_name" or ("identity" in taken and "identity" in sections)',
        ("tests/rules/test_consent.py",),
    ),
    (
        "a row that her word points at is held",
        "people/walls/20_keys.sql",
        "where o.id = v_org for no key update;",
        "where o.id = v_org for update;",
        ("tests/policy/test_grants.py",),
    ),
)
