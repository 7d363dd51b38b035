"""Whether an address leads to a page of ours. Whatever becomes a Location, and is not our own word, is asked here."""

import re
from urllib.parse import unquote

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

PRINTABLE = re.compile(r"/[\x21-\x5b\x5d-\x7e]*", re.ASCII)
"""A slash, then signs of an address: no space, no control sign, no backslash, nothing outside ASCII."""
ODD = re.compile(r"[\x00-\x20\x7f-\xa0\\]|//|/\.{1,2}(?=/|$)")
"""What a browser or a server between might read as something else: the start of a host, or a way up."""


def local(address: str) -> str:
    """The address if it is a path of ours, with its query; else ''. Strict: what is odd is nobody's page."""
    if not PRINTABLE.fullmatch(address):
        return ""
    path = re.split(r"[?#]", address, maxsplit=1)[0]
    return "" if ODD.search(path) or ODD.search(unquote(path)) else address


def page_before(request: HttpRequest) -> str:
    """The page that a form was on, if it is ours; else the first page."""
    return _page(request, request.headers.get("referer", "")) or "/"


def from_here(request: HttpRequest) -> bool:
    """Whether a browser says that a page of ours sent this."""
    came = request.headers.get("origin") or request.headers.get("referer", "")
    return came.startswith("http") and url_has_allowed_host_and_scheme(came, allowed_hosts={request.get_host()})


def is_part(request: HttpRequest) -> bool:
    """Whether script asks for a part of an open page: its address is no page, and nobody can be sent there."""
    return request.headers.get("HX-Request") == "true"


def page_open(request: HttpRequest) -> str:
    """The page that is open where this was asked from, as its script says; else the page before, else the first one."""
    return _page(request, request.headers.get("HX-Current-URL", "")) or page_before(request)


def _page(request: HttpRequest, came: str) -> str:
    if not url_has_allowed_host_and_scheme(came, allowed_hosts={request.get_host()}):
        return ""
    # Cut out by hand: what parses addresses also mends them, and a mended address is not the one that was sent.
    _scheme, _colon, rest = came.partition("://")
    _host, slash, path = rest.partition("/")
    return local(f"{slash}{path.partition('#')[0]}")
