"""What a fact is made of is of the types that its builder declares, whatever the database answers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from hamkori.vault import tags
from hamkori.vault.bytes import NAMELESS, Untrusted
from hamkori.vault.declared import is_of, set_of, tag_of
from hamkori.vault.keyring import Keyring
from hamkori.vault.marks import Nameless, line_of

ID, MOMENT = uuid4(), datetime(2026, 3, 1, tzinfo=UTC)
ASKED = (ID, "give", "t1", "tg", "spoken", "", "", False, True, "", "", MOMENT, ID)
ANSWERED = ("police", "help", "yes", frozenset({"contact"}), None, False, "", False, "")


@pytest.mark.parametrize(
    ("build", "parts"),
    [
        (tags.person_key, (ID.bytes, 1, b"p")),
        (tags.person_key, (ID, "1", b"p")),
        (tags.person_key, (ID, True, b"p")),
        (tags.person_key, (ID, 1, "p")),
        (tags.post, (ID, 1, ID, ID, "", "", "case_worker", None)),
        (tags.post, (ID, 1, ID, ID, "", "", [b"case_worker"], None)),
        (tags.post, (ID, 1, ID, ID, "", "", [], ID.bytes)),
        (tags.post, (ID, 1, ID, ID, "", "", None, None)),
        (tags.organisation, (ID, 1, "umed", ("", "", ""), "cso", "service", True)),
        (tags.organisation, (ID, 1, "umed", ("", "", "", ""), "cso", "service", "0")),
        (tags.consent, (ID, 1, (*ASKED[:7], 0, *ASKED[8:]), [ANSWERED], [])),
        (tags.consent, (ID, 1, ASKED, [(*ANSWERED[:3], frozenset({b"contact"}), *ANSWERED[4:])], [])),
        (tags.consent, (ID, 1, ASKED, [(*ANSWERED[:3], ["contact"], *ANSWERED[4:])], [])),
    ],
)
def test_a_value_of_another_type_is_nobodys_word(build: Any, parts: tuple[Any, ...]) -> None:
    """In a list it is left out, as any that does not hold; nobody vouches for it."""
    made, ring = build(*parts), Keyring.fresh("test")
    assert (made.thing, made.covered) == (NAMELESS, b"")
    assert not ring.tag_holds(made.covered, ring.tag(b"x"))
    with pytest.raises(Untrusted, match="no valid tag"):
        ring.tag(made.covered)


@pytest.mark.parametrize(("build", "parts"), [(tags.place, (ID, ID.bytes)), (tags.dated_at, (ID.hex,))])
def test_what_is_no_fact_is_refused(build: Any, parts: tuple[Any, ...]) -> None:
    with pytest.raises(Untrusted):
        build(*parts)


def test_what_can_be_gone_through_once_is_handed_on() -> None:
    """And words may be given by name."""
    given = (one for one in ("desk_officer", "case_worker"))
    made = tags.post(ID, 1, ID, ID, name="Zarina", function="", roles=given, supervisor=None)
    assert made == tags.post(ID, 1, ID, ID, "Zarina", "", ["case_worker", "desk_officer"], None)


def test_none_is_a_value_where_it_is_declared() -> None:
    assert is_of(None, datetime | None)
    assert not is_of(None, datetime)


@pytest.mark.parametrize(("thing", "number"), [("é1.contact", 1), (b"x", 1), (ID, -1), (ID, 10**18), (ID, "x")])
def test_what_is_no_mark_has_no_line(thing: Any, number: Any) -> None:
    with pytest.raises(Nameless):
        line_of("epoch", thing, number)


@pytest.mark.parametrize(
    "answered", [[["contact"]], None, "contact", 3], ids=["of lists", "none", "a word", "a number"]
)
def test_a_list_that_is_none_is_what_no_tag_covers(answered: Any) -> None:
    assert set_of(answered) == frozenset({NAMELESS})
    assert set_of(["contact", "needs"]) == frozenset({"contact", "needs"})
    assert set_of([]) == frozenset()
    assert (tag_of(memoryview(b"tag")), tag_of("tag"), tag_of(None)) == (b"tag", b"", b"")
