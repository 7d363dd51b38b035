"""Faults in comparing what was found with what was asked for."""

from __future__ import annotations

from tests.faults.fault import of

RELEASED = "tests/attacks/test_a_release_that_closes_nothing.py"

ASKED = of(
    "asked",
    (
        "a record that is read again may be another one",
        "casework/actions/take.py",
        "    require_asked(row._meta.db_table, (row.pk,), (asked,))",
        "    assert asked",
        ("tests/attacks/test_read_again_as_another.py",),
    ),
    (
        "anybody's good key is hers",
        "people/queries.py",
        '        require_asked("key", (found.user,), (user_id,))',
        "        pass",
        ("tests/attacks/test_anothers_key_for_hers.py",),
    ),
    (
        "the sheet of another case opens in its place",
        "casework/actions/sealing.py",
        '        require_asked("sheet", (row.case_id, row.referral_id), (case_id, referral_id))',
        "        case_id = row.case_id",
        ("tests/attacks/test_the_sheet_of_another_case.py",),
    ),
    (
        "a section is written under the key of another case",
        "casework/actions/sealing.py",
        '        require_asked("epoch", (newest.case_id, newest.section_code), (case.pk, section))',
        "        pass",
        ("tests/attacks/test_the_sheet_of_another_case.py",),
    ),
    (
        "who acts has the roles beside the tag",
        "access/context.py",
        "roles=frozenset(self.roles) & frozenset(self.held)",
        "roles=frozenset(self.roles)",
        ("tests/attacks/test_roles_that_she_does_not_hold.py",),
    ),
    (
        "an import gives its name to whatever is found",
        "people/founding.py",
        '    require_asked("org", (body.id,), (organisation_id,))',
        "    pass",
        ("tests/attacks/test_anothers_name_by_an_import.py",),
    ),
    (
        "an import gives the name of an entry to any body without a desk",
        "directory/importing/save.py",
        "return not ours.has_desk and ours.slug in (self._slug(body), body.named)",
        "return not ours.has_desk",
        ("tests/attacks/test_anothers_name_by_an_import.py",),
    ),
    (
        "an import renames one with a desk",
        "directory/importing/save.py",
        "return not ours.has_desk and ours.slug in",
        "return ours.slug in",
        ("tests/directory/test_importing.py",),
    ),
    (
        "anybody's post gets her new name",
        "people/actions/posts.py",
        '        require_asked("post", (held.user_id,), (user_id,))',
        "        pass",
        ("tests/attacks/test_anothers_name_by_an_import.py",),
    ),
    (
        "a name stands beside the id of another organisation",
        "people/facts.py",
        "if self.organisation.pk == self.asked:",
        "if True:",
        ("tests/attacks/test_a_name_beside_another_organisation.py",),
    ),
    (
        "a service is offered by the name that the database joins to it",
        "directory/queries.py",
        "return Beside(row, row.organisation, row.organisation_id)",
        "return Beside(row, row.organisation, row.organisation.pk)",
        ("tests/attacks/test_a_name_beside_another_organisation.py",),
    ),
    (
        "a request names the body that the database joins to it",
        "casework/queries/referrals.py",
        "[Beside(None, organisation, asked)]",
        "[Beside(None, organisation, organisation.pk)]",
        ("tests/attacks/test_a_name_beside_another_organisation.py",),
    ),
    (
        "a list of lists is a fault",
        "vault/declared.py",
        "    except TypeError:  # a list of lists\n        return NOBODYS_SET",
        "    except KeyError:  # a list of lists\n        return NOBODYS_SET",
        ("tests/attacks/test_lists_that_are_none.py",),
    ),
    (
        "who only reads a part writes it by the page of the codes",
        "casework/actions/case.py",
        "    if written and not written.keys() <=",
        "    if not written and not written.keys() <=",
        ("tests/attacks/test_written_by_a_widened_row.py",),
    ),
    (
        "a release makes old what the database says that it closed",
        "casework/actions/team.py",
        "    epochs_closed(case.pk, SECTIONS, closed)",
        "    epochs_closed(case.pk, (), closed)",
        (RELEASED,),
    ),
    (
        "a row that was changed ends without an alarm",
        "casework/actions/team.py",
        "    trust().believes(found.fact, found.tag)  #",
        "    pass  #",
        (RELEASED,),
    ),
    (
        "who is called a lead cannot leave",
        "casework/actions/team.py",
        "    if _called_otherwise(found):\n",
        "    if False:\n",
        (RELEASED,),
    ),
    (
        "the database keeps open what a release made old",
        "casework/walls/20_case_steps.sql",
        "   where k.case_id = p_case and k.closed_at is null\n   returning",
        "   where k.case_id = p_case and k.closed_at is null and k.section_code <> 'place'\n   returning",
        (RELEASED,),
    ),
)
