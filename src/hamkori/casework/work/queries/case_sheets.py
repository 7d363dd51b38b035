"""Which parts of a case were written, by whom and when, and which of them lie at a receiver: codes alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hamkori import definer
from hamkori.casework.case.models import SECTION_MODELS, Case
from hamkori.casework.case.rules.merging import readable
from hamkori.casework.case.rules.sections import SECTIONS
from hamkori.casework.referral.queries.copies import Copy


@dataclass(frozen=True)
class SheetMark:
    """That a section was written, when and by whom; not what."""

    section: str
    written_at: datetime
    written_by: UUID
    aside: bool = False
    """The reader has another version of it to read, which was not kept."""


def sheets_of(found: Case, at: datetime) -> tuple[dict[str, SheetMark], frozenset[str], tuple[Copy, ...]]:
    """Which sections were written, the states of the screenings, and which parts lie at a receiver, as of when.

    Of sections the reader does not hold: nothing.
    """
    one = (
        "select '{section}', kind_code, {state}, written_at, written_by from {table} where case_id = %s"
        " and kind_code in ('sheet', 'screening')"
    )
    query = " union all ".join(
        one.format(
            section=section,
            table=SECTION_MODELS[section]._meta.db_table,
            state="state_code" if section == "screening" else "''",
        )
        for section in SECTIONS
    )
    query += " union all select section_code, 'aside', '', at, second_by from set_aside where case_id = %s"
    query += " union all select section_code, 'copy', referral_code, sent_at, to_organisation_id from packet_copies(%s)"
    rows = list(definer.read(query, *[found.pk] * (len(SECTIONS) + 2)))
    aside = {section for section, kind, _state, when, _by in rows if kind == "aside" and readable(when, at)}
    marks = {
        section: SheetMark(section, when, by, section in aside)
        for section, kind, _state, when, by in rows
        if kind == "sheet"
    }
    copies = tuple(Copy(code, body, section, when) for section, kind, code, when, body in rows if kind == "copy")
    return marks, frozenset(state for _section, kind, state, _at, _by in rows if kind == "screening"), copies
