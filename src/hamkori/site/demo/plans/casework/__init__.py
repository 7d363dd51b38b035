"""The invented cases and referrals."""

from hamkori.site.demo.director import Director
from hamkori.site.demo.hands import Hands
from hamkori.site.demo.plans.casework.casebook import Casebook
from hamkori.site.demo.plans.casework.plots import REFERRALS
from hamkori.site.demo.plans.casework.post import Sent


def plan(director: Director, hands: Hands) -> None:
    """What happens in the cases, then what happens to what is sent."""
    book = Casebook(director, hands)
    book.plan()
    for number, plot in enumerate(REFERRALS):
        Sent(book, number, plot).plan()
