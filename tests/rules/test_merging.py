"""Two who wrote in one form: what is put together, and what only a person can choose."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hamkori.casework.case.rules.merging import KEPT_FOR, MINE, THEIRS, merged, readable, same

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
FIELDS = ("needs", "wishes", "codes")
ANSWER = st.one_of(st.sampled_from(["", "one", "two", "three"]), st.lists(st.sampled_from(["a", "b"]), unique=True))
FORM = st.fixed_dictionaries(dict.fromkeys(FIELDS, ANSWER))
KEEP = st.dictionaries(st.sampled_from(FIELDS), st.sampled_from([MINE, THEIRS]))


@given(was=FORM, mine=FORM, theirs=FORM, keep=KEEP)
def test_each_field_is_asked_or_is_what_its_only_writer_wrote(was, mine, theirs, keep) -> None:
    both = merged(was, mine, theirs, keep)
    for name in FIELDS:
        i_did, they_did = not same(was[name], mine[name]), not same(was[name], theirs[name])
        clash = i_did and they_did and not same(mine[name], theirs[name])
        assert (name in both.asked) == (clash and name not in keep)
        assert (name in both.not_kept) == (clash and name in keep)
        assert (name in both.by_me) == (i_did and not they_did)
        assert (name in both.by_them) == (they_did and not i_did)
        written = both.fields[name]
        if clash:
            assert same(written, mine[name] if keep.get(name) == MINE else theirs[name]), "nothing of mine unasked"
        else:
            assert same(written, mine[name] if i_did else theirs[name])


@given(was=FORM, mine=FORM, theirs=FORM)
def test_whoever_of_the_two_saves_second_the_same_is_asked_and_the_rest_is_the_same(was, mine, theirs) -> None:
    one, other = merged(was, mine, theirs, {}), merged(was, theirs, mine, {})
    assert set(one.asked) == set(other.asked)
    assert (set(one.by_me), set(one.by_them)) == (set(other.by_them), set(other.by_me))
    assert all(same(one.fields[name], other.fields[name]) for name in FIELDS if name not in one.asked)


@given(was=FORM, mine=FORM)
def test_nobody_else_wrote_and_nothing_is_asked(was, mine) -> None:
    both = merged(was, mine, was, {})
    assert (both.asked, both.by_them) == ((), ())
    assert all(same(both.fields[name], mine[name]) for name in FIELDS)


@given(mine=FORM, theirs=FORM)
def test_a_form_that_does_not_say_what_it_was_asks_each_difference(mine, theirs) -> None:
    assert set(merged(None, mine, theirs, {}).asked) == {name for name in FIELDS if not same(mine[name], theirs[name])}


def test_what_a_browser_sends_otherwise_is_no_change() -> None:
    assert same("one\r\ntwo", "one\ntwo")
    assert same(date(2026, 11, 28), "2026-11-28")
    assert same(["b", "a"], ["a", "b"])
    assert same(False, "")
    assert not same("one", "two")
    assert not same(False, True)


def test_a_version_is_kept_for_thirty_days() -> None:
    assert readable(NOON, NOON + KEPT_FOR - timedelta(seconds=1))
    assert not readable(NOON, NOON + KEPT_FOR)
