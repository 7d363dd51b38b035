"""A place for tonight: where the person is asked for it. A doctor: where one is chosen."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy

from hamkori.casework.case.rules.lifecycle import WITH_US
from hamkori.casework.work.queries.no_doctor import ASKED_FOR
from hamkori.casework.work.queries.no_place import SHELTER, WHOSE
from hamkori.directory.rules.suit import BedFor
from hamkori.web.words import lists

RowKey = tuple[str, str]
"""A question of the consent: to whom, and for what."""

DOCTOR: Final = ASKED_FOR


def asked_at(code: str) -> str:
    """Where the person is asked whether a place may be asked for: that question of the page of consent."""
    return f"{reverse('consent', args=[code])}{_question(*SHELTER)}"


SLEEPS: Final = {
    "organisation": gettext_lazy("Does the person still sleep at the organisation that said yes by telephone?"),
    "known_people": gettext_lazy("Does the person still sleep with people they know?"),
    "own_home": gettext_lazy("Does the person still sleep in their own home?"),
    "another": gettext_lazy("Does the person still sleep at the place that was found?"),
    WITH_US: gettext_lazy("Does the person still sleep here?"),
}
"""By whose the place is (list `whose_place`, and `WITH_US`)."""


def sleeps(whose: str) -> str:
    """The question after a night where no organisation has accepted the person."""
    return str(SLEEPS[whose])


OURS: Final = {
    "fits": gettext_lazy("With us"),
    "children": gettext_lazy("With us: beds for children"),
    "adults": gettext_lazy("With us: beds for adults"),
}
"""The own place, with whom it is for where the person is none of these."""


def whose(own: BedFor) -> list[tuple[str, str]]:
    """Whose the place is that was found: each answer is a button. Of an organisation it is asked next which. `own`:
    whether the own one gives places to sleep to such a person.
    """
    return [*([(WITH_US, str(OURS[own]))] if own else []), *((one, lists.label("whose_place", one)) for one in WHOSE)]


def ours() -> str:
    """That it is that of the own organisation."""
    return str(OURS["fits"])


def whose_is(whose: str) -> str:
    """The same inside a sentence."""
    return lists.inside(ours() if whose == WITH_US else lists.label("whose_place", whose))


def asked_of_doctor(code: str) -> str:
    """The same of a doctor; after a yes one is chosen."""
    return f"{reverse('consent', args=[code])}?then=doctor{_question(*DOCTOR)}"


def asked_for(code: str, service: UUID, need: str, *, of: RowKey | None) -> str:
    """The same of a service that is chosen, looked for under this need: after the answers it stands chosen again."""
    then = urlencode({"then": f"{need}:{service}"})
    return f"{reverse('consent', args=[code])}?{then}{_question(*of) if of is not None else ''}"


def chosen_at(code: str, then: str) -> str:
    """Where it goes on with such a one; '' where `then` names none. What is not offered is passed over there."""
    need, _colon, named = then.partition(":")
    try:
        service = UUID(named)
    except ValueError:
        return ""
    return f"{reverse('case_refer', args=[code])}?{urlencode({'need': need, 'service': service})}"


def _question(kind: str, purpose: str) -> str:
    return f"#id_a_{kind}_{purpose}_0"


def shelters_at(code: str) -> str:
    """The choice of services, with those that give a place to sleep."""
    return f"{reverse('case_refer', args=[code])}?need=HOME"


def doctors_at(code: str) -> str:
    """The choice of services, with those of the health service; while there is no consent it says whom to ask first."""
    return f"{reverse('case_refer', args=[code])}?need=HEALTH"
