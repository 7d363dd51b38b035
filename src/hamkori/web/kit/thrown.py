"""A registration that was thrown away in this session: another window of it is told so, not that its address is wrong.

Who is on a case ends when it is erased, so that nobody reaches it any more, and no question to the database tells it
from one that never was. The browser's locked session remembers the last one, until it ends.
"""

from django.http import HttpRequest

NAME = "hk_thrown_away"


def remember(request: HttpRequest, code: str) -> None:
    """This registration is gone, by the hand of this session."""
    request.session[NAME] = code


def is_of(request: HttpRequest) -> bool:
    """Whether the address is one of the registration that was thrown away last in this session."""
    match, session = request.resolver_match, getattr(request, "session", None)
    if match is None or session is None or not request.path.startswith("/cases/"):
        return False
    code = match.kwargs.get("code")
    return bool(code) and session.get(NAME) == code
