"""How the person said that everything ends, said on the page of one referral and chosen beforehand on the next.

The browser's locked session remembers it for one case, with the code of the answer alone: no address carries it.
"""

from django.http import HttpRequest

NAME = "hk_how_told"


def remember(request: HttpRequest, code: str, how: str) -> None:
    """It was told so in this case; '' forgets it."""
    if how:
        request.session[NAME] = [code, how]
    elif of(request, code):
        del request.session[NAME]


def of(request: HttpRequest, code: str) -> str:
    """How it was told in this case in this session; '' where nobody said."""
    kept = request.session.get(NAME)
    return str(kept[1]) if kept and kept[0] == code else ""
