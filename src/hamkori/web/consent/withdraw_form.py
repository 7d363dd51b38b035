"""What is withdrawn, as ticks on what was agreed: of a group of organisations for every purpose, or for one."""

from collections.abc import Collection, Iterable
from functools import partial
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from hamkori.casework.consent.machinery.her_marks import Part
from hamkori.casework.consent.queries.consent import Asked, Said
from hamkori.casework.consent.rules import consent as rules
from hamkori.casework.consent.rules import packet
from hamkori.people.queries import existing
from hamkori.refusal import NotNow
from hamkori.web.consent import about_child, words
from hamkori.web.consent.forms import Named, as_ids
from hamkori.web.consent.unread import unless_unread
from hamkori.web.kit.forms import KitForm, Ticks
from hamkori.web.kit.refusals import sentence
from hamkori.web.words import Audience
from hamkori.web.words.fields import Coded
from hamkori.web.words.sections import name

EVERYTHING = "all"
EVERY = "*"
"""In the place of a purpose: all purposes for which this group was agreed."""
_WHOLE = (*rules.ROWS, *((kind, EVERY) for kind in words.GROUPS))
EVER = (
    EVERYTHING,
    *(f"{kind}:{purpose}" for kind, purpose in _WHOLE),
    *(f"{kind}:{purpose}:{section}" for kind, purpose in _WHOLE for section in packet.SECTION_FIELDS),
)
"""Every tick that any page can have drawn: what only takes away is never refused."""


class WithdrawForm(KitForm):
    """Ticks: everything, a consent as a whole, one part of one; and how the person told it, which is the button.

    An organisation that is to get nothing any more was ticked on the page of its referral: it goes with it, unless the
    tick is taken off. Of a `child` also which adult knows of it. It may stay empty, as nobody yet: what is taken back
    waits for no answer.
    """

    def __init__(self, *args: Any, former: Asked, child: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.former = former
        self.fields["took"] = Named(
            label=_("What is withdrawn"),
            ever=EVER,
            choices=[(value, said(value, former)) for value in offered(former)],
            widget=Ticks(),
            error_messages={"required": _("Tick at least one.")},
        )
        self.fields["how_said"] = Coded(
            "how_said", _("How did the person tell you?"), needed=sentence(NotNow("how_said"))
        )
        self.fields["excluded"] = out = Named(
            label=_("Organisations that must get nothing"), ever=(), required=False, widget=Ticks()
        )
        ids = as_ids(self["excluded"].data or ()) if self.is_bound else {}
        if ids:
            out.ever = frozenset(ids[body] for body in unless_unread(partial(existing, ids), frozenset(ids)))
        if child:
            self.fields.update(about_child.who_knows())

    def knows(self) -> dict[str, Any]:
        """For the action: of a child the adult who knows of it, '' for nobody yet, and whether they may be involved."""
        if "speaker" not in self.fields:
            return {}
        code = self.cleaned_data.get("speaker") or about_child.NOBODY
        if code == about_child.NOBODY:
            return {"speaker": ""}
        return {"speaker": code, "speaker_suspected": self.cleaned_data.get("suspected") != "no"}

    def shut_out(self) -> frozenset[UUID]:
        """The organisations that get nothing from then on."""
        return frozenset(as_ids(self.cleaned_data["excluded"]))

    def rows(self) -> list[rules.RowKey] | None:
        """The consents that are withdrawn as a whole; None: all of them."""
        return rows_of(self.cleaned_data["took"], self.former)

    def parts(self) -> list[Part]:
        """The single parts of those that are not."""
        return parts_of(self.cleaned_data["took"], self.former)


def rows_of(ticked: Collection[str], former: Asked) -> list[rules.RowKey] | None:
    """The consents that these ticks withdraw as a whole; None: all of them."""
    whole = [one for one in ticked if one.count(":") == 1]
    return None if EVERYTHING in ticked else [key for one in whole for key in keys_of(one, former)]


def parts_of(ticked: Collection[str], former: Asked) -> list[Part]:
    """The single parts that they withdraw beside."""
    single = [] if EVERYTHING in ticked else [one for one in ticked if one.count(":") == 2]
    return [(key, one.rpartition(":")[2]) for one in single for key in keys_of(one, former)]


def offered(former: Asked) -> list[str]:
    """What can be ticked. Of what nobody can confirm everything: a part would be taken by a mark again and again."""
    rows = [row for row in (former.newest.rows if former.newest else ()) if former.sure and (row.agrees or row.waits)]
    found = [EVERYTHING]
    for kind in words.GROUPS:
        mine = [row for row in rows if row.kind == kind]
        if len(mine) > 1:
            found += _values(f"{kind}:{EVERY}", mine)
        for row in mine:
            found += _values(f"{kind}:{row.purpose}", [row])
    return found


def _values(value: str, rows: Iterable[Said]) -> list[str]:
    parts: set[str] = set()
    for row in rows:
        # Who agreed with the name may take it back, papers or not.
        named = {"identity"} if row.answer == "yes" else set()
        parts |= {*row.sections} | named if row.agrees else set()
    return [value, *(f"{value}:{one}" for one in packet.SECTION_FIELDS if one in parts)]


def keys_of(value: str, former: Asked) -> list[rules.RowKey]:
    """The rows of a tick: of a group those in which something stands, and all where nobody can say."""
    kind, purpose = value.split(":")[:2]
    if purpose != EVERY:
        return [(kind, purpose)]
    stands = [key for key, row in former.rows.items() if key[0] == kind and (row.agrees or row.waits)]
    return stands or list(words.GROUPS[kind])


def part_name(value: str, former: Asked) -> str:
    """What the part of a tick is called. Where no papers go, of the name only what the person is called."""
    section = value.rpartition(":")[2]
    papers = any(section in former.rows[key].sections for key in keys_of(value, former) if key in former.rows)
    if section == "identity" and former.rows and not papers:
        return _("What to call the person")
    return name(section, Audience.ASKED)


def ticked_name(value: str, former: Asked) -> str:
    """The same where it stands alone beside its tick: how the person is reached is looked for as a telephone."""
    if value.endswith(":contact"):
        return _("How to reach the person safely (telephone, hours, code word)")
    return part_name(value, former)


def said(value: str, former: Asked, *, whole: bool = True) -> str:
    """A tick in words. `whole`: where nothing around it says so, that it is the whole consent."""
    if value == EVERYTHING:
        return _("Everything, to everybody")
    kind, purpose = value.split(":")[:2]
    row = words.group(kind) if purpose == EVERY else words.row((kind, purpose))
    if value.count(":") == 1:
        return _("%(row)s (the whole consent)") % {"row": row} if whole else row
    return _("%(row)s (only: %(part)s)") % {"row": row, "part": part_name(value, former)}


def button(code: str, label: str) -> str:
    """A button that says how it was told, and withdraws."""
    whole = {
        "in_person": _("In person: withdraw"),
        "by_phone": _("Phone, code word: withdraw"),
        "by_phone_no_word": _("Phone, no code word: withdraw"),
        "by_message": _("By message: withdraw"),
        "through_other": _("Through somebody else: withdraw"),
    }
    return whole.get(code) or _("%(how)s: withdraw") % {"how": label}
