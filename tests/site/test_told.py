"""What two people are shown of a row that does not hold, and that they vouch for that and for nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from hamkori.audit.models import Ledger
from hamkori.people.actions import posts
from hamkori.site.tags import tagged, tagging, told
from hamkori.vault import server, tags
from tests import doors
from tests.attacks import planting
from tests.attacks.planting import change, committed, sql_as_owner
from tests.database import god
from tests.site.shown import line_of, word_of
from tests.site.test_tags import run
from tests.web.scene import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.alarms, pytest.mark.usefixtures("own_marks")]
own_marks = planting.own_marks


def test_who_vouches_names_what_was_shown(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    """Red before: whatever the row said at that moment got the tag, and of a team its id alone had been shown."""
    scene.case()
    lead, case = sql_as_owner("select id, case_id from case_access where kind_code = 'lead' limit 1")[0]
    two = (scene.zarina.email, scene.saida.email)
    change("case_access", lead, tag=b"\x01")
    line, word = line_of(lead), word_of(lead)
    assert line.startswith(f'team {lead}: its tag does not hold ("')
    assert f"({case})" in line
    assert " at " in line
    assert "reads contact, " in line
    assert len(word) == 14
    change("case_access", lead, sections=["contact"])
    assert word_of(lead) != word, "another row has another word"
    now = word_of(lead)
    (person,) = sql_as_owner("select m.user_id from membership m join case_access a on a.membership_id = m.id"
                             " where a.id = %s", lead)[0]  # fmt: skip
    with god(), committed():
        posts.rename(doors.house(), person, "Farangis")
    assert word_of(lead) != now, "and the same row in other words"
    with god():
        for check in (word, "", "0000-0000-0000"):
            with pytest.raises(tagging.NotVouched, match="is not what its check word was given for"):
                tagging.vouch("team", lead, check, two)
        assert not Ledger.objects.filter(action_code="tag.vouch").exists()
    shown = line_of(lead).partition(" (")[2].rpartition(")")[0]
    words = ["vouch", "team", str(lead), f" {word_of(lead).upper()}", "--by", *two]
    with god(), committed():
        assert run(words) == 0
    assert capsys.readouterr().out == f"Vouched for: team {lead} ({shown})\n"
    assert line_of(lead) == ""


def test_what_names_somebody_who_does_not_hold_waits_for_that(scene: Scene) -> None:
    scene.case()
    (lead, member) = sql_as_owner("select id, membership_id from case_access where kind_code = 'lead' limit 1")[0]
    change("case_access", lead, tag=b"\x01")
    change("membership", member, function_code="lawyer")
    assert line_of(lead).endswith(f"(names post {member}, which does not hold itself: that first)")
    with god(), pytest.raises(tagging.NotVouched, match="does not hold itself: that first"):
        tagging.vouch("team", lead, "0000-0000-0000", (scene.zarina.email, scene.saida.email))
    (body,) = sql_as_owner("select organisation_id from membership where id = %s", member)[0]
    change("organisation", body, name_en="Else")
    assert line_of(member).endswith(f"(names org {body}, which does not hold itself: that first)")


def test_every_kind_says_in_words_what_it_names_and_nothing_looks_like_another_line(scene: Scene) -> None:
    scene.accepted(scene.sent(scene.case()))
    with god():
        everything = [(kind, row) for kind in tagged.KINDS for row in kind.read()]
        holding = told.Holding(server.trust())
        words = {(kind.name, row.id): told.told(holding, kind.name, row) for kind, row in everything}
    assert {kind for kind, _id in words} >= tagging.BY_NAME.keys() - {"invite"}
    checks = {told.check_word(server.trust(), kind.name, row, words[kind.name, row.id]) for kind, row in everything}
    assert len(checks) == len(everything)
    for kind, row in everything:
        if row.renumbered is not None:
            other, said = replace(row, fact=row.renumbered(row.fact.number + 1)), words[kind.name, row.id]
            assert told.check_word(server.trust(), kind.name, other, said) not in checks, "it reads alike"
    assert any("Farida" in said for (kind, _id), said in words.items() if kind == "key")
    change("organisation", scene.shelter, name_en='Home")\n\u202eorg x: holds')
    assert 'en "Home?)??org x: holds"' in line_of(scene.shelter)


def test_an_invitation_says_whom_it_lets_in(scene: Scene) -> None:
    until = datetime(2026, 11, 27, tzinfo=UTC)
    said = (bytes(32), scene.umed, "a@b", "Nilufar", "", ["case_worker"], None, until)
    row = tagged.Row(id=uuid4(), fact=tags.invitation(*said), tag=b"", of=said)
    with god():
        words = told.told(told.Holding(server.trust()), "invite", row)
    assert words.startswith(
        '"Nilufar" <a@b> is invited to "Umed" (umed): case_worker; function none; under nobody; until'
    )


def test_somebody_who_bears_two_names_is_said_with_both(scene: Scene) -> None:
    """A post of Farida's that names another person says who that is by her own posts."""
    change("membership", scene.farida.membership_id, user_id=scene.gulnora.user_id)
    other = line_of(scene.farida.membership_id).partition(", who is also ")[2]
    assert other.startswith('"Gulnora" at ')
    with god(), pytest.raises(told.Unnamed, match="names post"):
        told.Holding(server.trust()).post(scene.zarina.membership_id, scene.gulnora.user_id)
