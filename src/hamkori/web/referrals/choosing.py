"""The screen on which a request is written: which services suit, what would go, what stands in the way.

One screen for a new request, a draft and "send again". It is asked again at every change, by script or by a plain
form; nothing is written here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone

from hamkori.access.actor import Actor
from hamkori.canon import canon
from hamkori.casework.referral.actions.disclosure import open_present_signs
from hamkori.casework.referral.queries import refer as queries
from hamkori.casework.referral.queries.lately import FULL, NoRoom, no_room
from hamkori.casework.referral.queries.refer import Going, Prepared, Way
from hamkori.casework.referral.queries.stopped import Answered, answered
from hamkori.directory.queries import Suitable
from hamkori.directory.rules.hours import closed_throughout
from hamkori.directory.rules.suit import for_children, kinds, stands_last
from hamkori.people.queries import phones_for_referring
from hamkori.vault import server
from hamkori.vocabulary import areas, codelist
from hamkori.vocabulary.codes import is_code
from hamkori.web.referrals import apart, empty, soon, standing
from hamkori.web.referrals.held import held, is_for_others, is_no_answer
from hamkori.web.words import directory
from hamkori.web.words.calling import URGENT

if TYPE_CHECKING:
    from hamkori.casework.referral.models import Referral
    from hamkori.web.referrals.forms import ReferForm

TONIGHT = "tonight"
OTHER = "other"
"""In an address: help that is still to be chosen."""
AGE_UNKNOWN = frozenset({"", "unknown"})
NO = frozenset({"consent_not_refused", "police_not_refused"})
"""Guards that say that the person said no."""


@dataclass(frozen=True, kw_only=True)
class Start:
    """With what the screen begins, where it does not begin empty: a draft, or a request that ended.

    `earlier`: the number of the referral after which another organisation is asked for the same help; `taken`: the
    person's words in it, which go nowhere else unless the person wants that.
    """

    need: str = ""
    service: UUID | None = None
    purpose: str = ""
    urgency: str = ""
    sections: tuple[str, ...] | None = None
    needed_from: date | None = None
    agreed_text: str = ""
    taken: str = ""
    earlier: str = ""


@dataclass
class Screen:
    """What stands on the screen now. `bound`: the form is being sent, so it answers with errors."""

    request: HttpRequest
    actor: Actor
    known: Prepared
    start: Start = field(default_factory=Start)
    names_asked: ClassVar[bool] = True
    """Whether one line of the page names whoever was asked already: then no row says it again."""

    @property
    def typed(self) -> Mapping[str, Any] | None:
        return self.request.POST if self.request.method == "POST" else None

    @cached_property
    def need(self) -> str:
        """The group of services, or what she needs tonight; '' while nobody has said."""
        asked = str((self.typed or {}).get("need", self.start.need))
        if asked in codelist("service_group"):
            return asked
        return TONIGHT if kinds(self.needs) and asked in ("", TONIGHT) else ""

    @cached_property
    def needs(self) -> list[str]:
        """What is looked for of itself."""
        return soon.looked_for(self.known)

    @cached_property
    def suggested(self) -> str:
        """The kind of help that was suggested in a decline of the earlier referral, or ''."""
        named = self.earlier.suggested_service_code if self.earlier else ""
        return named if named in codelist("service") else ""

    @cached_property
    def still_needed(self) -> bool:
        """Whether what is looked for is what the earlier referral asked for."""
        return self.earlier is not None and self.earlier.service_code in self.codes

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The kinds of help that answer it."""
        if self.need == TONIGHT:
            also = soon.for_a_child(self.known.case, self.needs)
            return tuple(dict.fromkeys((*kinds(self.needs), *also)))
        of_group = (entry.code for entry in codelist("service") if entry.data["group"] == self.need)
        return soon.in_order(self.known, of_group)

    @cached_property
    def district(self) -> str:
        """Where she is: as said here, at first as it stands in her file; for the distance only."""
        # To whoever holds that part, by its code: nothing is opened, and nobody asked twice.
        stands = self.known.case.district_code if "place" in self.known.held else ""
        asked = str((self.typed or {}).get("district", stands))
        return asked if asked in {one.code for one in self.districts} else ""

    @cached_property
    def districts(self) -> tuple[Any, ...]:
        return areas(self.known.case.region_code or None)

    @cached_property
    def held(self) -> list[Suitable]:
        """Services held against the person, those that suit first, of what is needed or suggested."""
        return held(self)

    @cached_property
    def found(self) -> list[Suitable]:
        """Those that may be asked at all: none for the other sex alone."""
        return [one for one in self.held if not is_for_others(self, one)]

    def soon_of(self, one: Suitable) -> str:
        """How soon this one would be asked to answer: as it stands once it is chosen, so that nothing changes then."""
        if one is self.chosen:
            return self.urgency
        return self.begun(one.listing.service_code) or soon.suggested(self.known, one.listing.service_code)

    def is_urgent(self, one: Suitable) -> bool:
        """Whether nobody waits for its desk: it is called."""
        return self.soon_of(one) == URGENT

    def due_of(self, one: Suitable) -> datetime:
        """When its answer would be due."""
        return self.known.answer_by(self.soon_of(one))

    def closed(self, one: Suitable) -> bool:
        """Whether nobody is at its desk until then."""
        now, due = timezone.localtime(self.known.at), timezone.localtime(self.due_of(one))
        return closed_throughout(one.listing.week, now, due)

    @property
    def soon(self) -> str:
        """How soon an answer is looked for while services are compared: as said, else as is usual for this help."""
        first = self.codes[0] if self.codes else self.suggested
        said = str((self.typed or {}).get("urgency", "")) or self.begun(first)
        return said if said in codelist("urgency") else soon.suggested(self.known, first)

    @cached_property
    def fitting(self) -> list[Suitable]:
        """Those that nothing speaks against: whoever came to nothing before or is asked already last, a desk that is
        closed until then behind one that is open, help that was asked for or suggested first.
        """
        fit = [one for one in self.found if self.may_be_asked(one) and (not one.reasons or self._said_yes(one))]
        if not fit or is_no_answer(self, fit):
            return []
        meant = self.heard.named | ({self.earlier.service_code} if self.earlier else frozenset())
        return sorted(
            fit,
            key=lambda one: (
                stands_last(one.listing.service_code),
                one.listing.id in self.refused or apart.given_up(self, one) is not None,
                self.may_be_too_old(one),
                self.asked_before(one) or self.going(one) is not None,
                self.rank(one),
                *apart.behind(self, one),
                soon.is_out_of_time(self.known, one.listing.service_code),
                self.closed(one),
                one.listing.service_code not in meant,
            ),
        )

    def _said_yes(self, one: Suitable) -> bool:
        """Whether its entry says that it is full, and no more, but it said yes for this person since."""
        return set(one.reasons) <= {FULL} and bool(apart.said_yes(self, one))

    def may_be_too_old(self, one: Suitable) -> bool:
        """Whether it takes children alone, and nobody knows whether the person is one: it stands behind the others."""
        return self.known.case.age_band_code in AGE_UNKNOWN and for_children(
            one.listing.service_code, one.listing.admits
        )

    def rank(self, one: Suitable) -> int:
        """Of what is needed tonight the need that was said first stands first, also where its desks are closed."""
        groups = [directory.group(code) for code in self.codes if self.need == TONIGHT]
        return [*groups, group := directory.group(one.listing.service_code)].index(group)

    @cached_property
    def refused(self) -> frozenset[UUID]:
        """The services of which the person said no: they are listed last, and nobody calls there."""
        return frozenset(one.listing.id for one in self.found if any(b.guard in NO for b in self.way_of(one).blocks))

    def way_of(self, one: Suitable, purpose: str = "") -> Way:
        """This service held against the consent."""
        listing = one.listing
        body, code = listing.organisation_id, listing.service_code
        offer = queries.Offer(body, listing.compartment, code, listing.is_active, one.desk_ready)
        return queries.way(self.known, self.actor, offer, purpose)

    @cached_property
    def refusing(self) -> list[Suitable]:
        """Those that do not take such a person at all: nobody is asked there by mistake."""
        return [one for one in self.found if "not_admitted" in one.reasons]

    @cached_property
    def phones(self) -> dict[UUID, str]:
        """Of desks that are closed, asked already, urgent, chosen or not here; of all, where none that fits is open."""
        called = [one for one in self.found if self.closed(one) or self.is_urgent(one)]
        called = [*self.found] if called and all(map(self.closed, self.fitting)) else called + apart.apart(self)
        called += [one for one in self.found if not one.desk_ready]
        bodies = {one.listing.organisation_id for one in (*called, *filter(None, [self.chosen]))}
        return phones_for_referring(bodies) if bodies else {}

    @cached_property
    def heard(self) -> Answered:
        return answered(self.known.sent)

    @cached_property
    def no_room(self) -> Mapping[tuple[UUID, str], NoRoom]:
        """Who said lately, to the own organisation and of somebody else, that there is no room."""
        return no_room(self.actor, self.known.at, self.known.calendar.day(self.known.at))

    def asked_before(self, one: Suitable) -> bool:
        """Whether this service was asked for this person, and no help came of it or not what was right."""
        asked = (one.listing.organisation_id, one.listing.service_code)
        return asked in self.heard.by or asked in self.known.noes or bool(apart.not_right(self, one))

    def going(self, one: Suitable) -> Going | None:
        """The referral to this very service that is on its way."""
        listing = one.listing
        return self.known.asked_already(listing.id, listing.organisation_id, listing.service_code)

    def may_be_asked(self, one: Suitable) -> bool:
        """Whether it can be chosen here: another body, with a desk, not one that she excluded."""
        return one.desk_ready and not one.own_body and not apart.gets_nothing(self, one)

    @cached_property
    def chosen(self) -> Suitable | None:
        """The service that is marked now."""
        asked = (self.typed or {}).get("service", str(self.start.service or ""))
        return next((one for one in self.found if str(one.listing.id) == asked), None)

    @cached_property
    def way(self) -> Way | None:
        if self.chosen is None:
            return None
        # Another service has its own purposes: none is taken over unseen.
        same = self._typed_for.split(":")[0] in ("", str(self.chosen.listing.id))
        return self.way_of(self.chosen, str((self.typed or {}).get("purpose", self.start.purpose)) if same else "")

    @cached_property
    def asked_already(self) -> Going | None:
        """The referral to this very service that is on its way: a second one goes out on purpose only."""
        return self.going(self.chosen) if self.chosen else None

    @property
    def shown_for(self) -> str:
        """What the parts and ticks on the screen belong to: a service, its organisation, its kind, and a purpose."""
        purpose = self.way.purpose if self.way else ""
        listing = self.chosen.listing if self.chosen else None
        return f"{listing.id}:{listing.organisation_id}:{listing.service_code}:{purpose}" if listing else ""

    @property
    def shown_mark(self) -> str:
        """Our mark that it was shown on a page of this case."""
        return server.keyring().tag_text(shown_fact(self.known.case.pk, self.shown_for))

    @property
    def was_shown(self) -> bool:
        """Whether what the form brings back was shown by us: a browser may write there what it likes."""
        mark = str((self.typed or {}).get("shown_mark", ""))
        return server.keyring().tag_text_holds(shown_fact(self.known.case.pk, self._typed_for), mark)

    @property
    def _typed_for(self) -> str:
        """The same of the screen that the worker saw: the form brings it back."""
        return str((self.typed or {}).get("shown_for", ""))

    @property
    def service_before(self) -> str:
        """The kind of help that was shown on the screen that the worker saw, or ''."""
        code = ("::" + self._typed_for).split(":")[-2]
        return code if code in codelist("service") else ""

    @property
    def fresh(self) -> bool:
        """The service or the purpose has just changed: nobody has seen what goes there."""
        return self.typed is not None and self._typed_for != self.shown_for

    @property
    def other_body(self) -> bool:
        """The service, its organisation or its kind has changed: of this one nothing was told."""
        return self._typed_for.split(":")[:3] != self.shown_for.split(":")[:3]

    @property
    def moved(self) -> bool:
        """The service that was looked at is another organisation's now, which an import alone may do, or another kind
        of help, which nothing of ours does.
        """
        before, now = self._typed_for.split(":"), self.shown_for.split(":")
        return self.fresh and len(before) == len(now) == 4 and before[0] == now[0] and before[1:3] != now[1:3]

    @cached_property
    def signs(self) -> list[str]:
        """Where signs go one by one and the part is ticked: those that are present, opened for choosing."""
        if self.way is None or not self.way.by_item or self.typed is None or "screening" not in self.ticked:
            return []
        # To look is an act of its own: the form's operation is for what the form will do.
        return open_present_signs(self.actor.doing(None), self.known.case) if self.actor.vault_open else []

    @cached_property
    def ticked(self) -> list[str]:
        """Sections that are ticked: as typed while they belong to what is shown, else as the rule says."""
        if self.way is None:
            return []
        if self.typed is not None and not self.fresh:
            typed = {*self.request.POST.getlist("sections"), *empty.goes_too(self.request, self.way.offered)}
            return [one for one in self.way.offered if one in typed]
        if self.typed is None and self.start.sections is not None:
            return [one for one in self.start.sections if one in self.way.offered]
        usual = [one for one, first in self.way.offered.items() if first]
        if self.earlier and self.chosen and self.chosen.listing.service_code == self.earlier.service_code:
            return [one for one in usual if one in self.earlier.sender.sections]
        return usual

    @property
    def lost(self) -> bool:
        """Whether a part is ticked on the screen, as it was shown, that cannot be sent there any more."""
        if self.typed is None or self.fresh or self.way is None:
            return False
        return not set(self.request.POST.getlist("sections")) <= set(self.way.offered)

    @cached_property
    def urgency(self) -> str:
        """As chosen; at first as the earlier referral said, else the suggestion, which says that it is one."""
        if self.typed is not None and not self.other_body:
            typed = str(self.typed.get("urgency", ""))
        else:
            typed = self.begun(self.chosen.listing.service_code) if self.chosen else ""
        usual = soon.suggested(self.known, self.chosen.listing.service_code) if self.chosen else ""
        return typed if typed in codelist("urgency") else usual

    def begun(self, code: str) -> str:
        """How soon, before anybody chose it: as in the draft or the earlier referral; '' of a new one or other help."""
        if self.earlier and soon.is_for_tonight(self.known, code):
            return URGENT
        said, before = self.start.urgency, self.start.need
        if self.typed is not None:
            one = self.earlier
            said, before = (one.urgency_code, directory.group(one.service_code)) if one else ("", "")
        return said if said in codelist("urgency") and before in ("", directory.group(code)) else ""

    @cached_property
    def earlier(self) -> Referral | None:
        """The referral after which another organisation is asked: what it asked for, and the person's words in it."""
        code = str((self.typed or {}).get("earlier", self.start.earlier))
        return queries.earlier(self.known.case, code) if is_code(code) else None

    @property
    def taken(self) -> str:
        """The person's words in the earlier referral."""
        said = str(self.start.taken if self.typed is None else self.typed.get("taken", ""))
        return said if self.earlier else ""

    @property
    def nobody_there(self) -> bool:
        """Whether the chosen desk is closed for the whole of what was chosen as "how soon"."""
        if self.chosen is None or not self.urgency:
            return False
        seen, due = self.known.seen_at(self.urgency), self.known.answer_by(self.urgency)
        return closed_throughout(self.chosen.listing.week, timezone.localtime(seen), timezone.localtime(due))

    @property
    def body(self) -> str:
        return self.chosen.listing.body.text if self.chosen else ""

    def form(self, *, bound: bool = False) -> ReferForm:
        """The form as it stands. Bound only when it is sent: a preview finds no faults."""
        return standing.form(self, bound=bound)


def shown_fact(case: UUID, shown_for: str) -> bytes:
    """What our mark on the form says: on a page of this case, this service was of this organisation and kind."""
    return canon("shown_for", case, shown_for)
