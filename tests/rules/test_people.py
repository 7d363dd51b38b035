"""Who may hold which work beside which, and which role a page names first."""

from itertools import combinations

import pytest

from hamkori.people.rules import APART, ROLES, WITH_CASES, clash, first_role
from hamkori.vocabulary import codelist


@pytest.mark.parametrize("apart", ["administrator", "auditor", "custodian"])
@pytest.mark.parametrize("work", ["case_worker", "supervisor", "desk_officer", "hotline_operator"])
def test_whoever_keeps_keys_accounts_or_the_ledger_has_no_cases(apart: str, work: str) -> None:
    assert clash([work, apart])
    assert clash(["national_coordinator", apart, work])


def test_every_other_pair_goes_together() -> None:
    refused = {frozenset(pair) for pair in combinations(ROLES, 2) if clash(pair)}
    assert refused == {frozenset({apart, work}) for apart in APART for work in WITH_CASES}
    assert not clash([])
    assert not any(clash([role]) for role in ROLES)


@pytest.mark.parametrize(
    ("held", "named"),
    [
        (["supervisor", "case_worker"], "case_worker"),
        (["auditor", "administrator"], "administrator"),
        (["custodian"], "custodian"),
        ([], ""),
    ],
)
def test_of_several_roles_the_one_with_the_work_stands_beside_the_name(held: list[str], named: str) -> None:
    assert first_role(held) == named


def test_every_role_of_ours_is_in_the_list_of_roles_once() -> None:
    assert len(set(ROLES)) == len(ROLES)
    assert set(ROLES) <= set(codelist("role").codes), "the list also has roles of rooms that are not built"
    assert set(ROLES) >= WITH_CASES | APART
