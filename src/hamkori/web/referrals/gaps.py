"""That nothing here fits was recorded: said on the page that follows, of the case of which this session recorded it."""

from django.http import HttpRequest

NAME = "hk_gap_recorded"


def remember(request: HttpRequest, code: str) -> None:
    """A missing service was recorded from this case, by the hand of this session."""
    request.session[NAME] = code


def kept(request: HttpRequest, code: str) -> bool:
    """Whether this page follows that; an address alone says nothing."""
    return request.GET.get("gap") == "kept" and request.session.get(NAME) == code
