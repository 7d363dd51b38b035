"""Where the person is already, by a referral of this case: nobody is asked for a second bed there by mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from hamkori.web.words.stays import is_home

if TYPE_CHECKING:
    from hamkori.casework.referral.queries.refer import Going
    from hamkori.web.referrals.choosing import Screen


def is_there(one: Going) -> bool:
    """Whether help has begun there, or the person came."""
    return one.state == "serving" or one.came


def sentence(one: Going, organisation: str) -> str:
    """That the person is there; of help for which nobody stays anywhere that it is given."""
    at, helps = _("The person is at %(organisation)s."), _("%(organisation)s helps the person already.")
    return (at if is_home(one.service_code) else helps) % {"organisation": organisation}


def there(screen: Screen) -> list[dict[str, str]]:
    """Of what is listed: each organisation at which the person is, with the referral by which."""
    found = [(screen.going(one), one.listing.body.text) for one in screen.found]
    return [
        {"sentence": sentence(one, organisation), "code": one.code}
        for one, organisation in found
        if one is not None and is_there(one)
    ]
