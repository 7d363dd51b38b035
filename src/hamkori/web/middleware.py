"""Two rings around every page: the transaction with its context, and the actor.

The outer ring is the only transaction of a request. ATOMIC_REQUESTS is off: an action has a savepoint of its own,
which a refusal undoes, and what the ledger must keep of a refusal is written after that in this transaction. It
commits before the first byte leaves: no log, no data.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils import translation
from django.utils.cache import patch_vary_headers

from hamkori.access.context import set_token
from hamkori.action import changed_row, invented, mismatch, record_refusal
from hamkori.casework.case.queries.shown import Shown
from hamkori.operations import AlreadyDone, first_stands, press
from hamkori.refusal import NotAllowed, NotNow, NotVisible, Refusal
from hamkori.vault.bytes import Sealed, Untrusted
from hamkori.vault.server import one_press
from hamkori.web.account import bound
from hamkori.web.kit import ahead, posting, refusals
from hamkori.web.kit.appearance import put_cookie
from hamkori.web.kit.local import local, page_before
from hamkori.web.kit.written import by_whom
from hamkori.web.nav import rail, rail_of_everybody
from hamkori.web.sessions import facts as session_facts
from hamkori.web.sessions import signed_in
from hamkori.web.sessions.door import Door

log = logging.getLogger("hamkori.web")
Next = Callable[[HttpRequest], HttpResponseBase]
# Answered without a context: whether the process lives, even while the database does not.
WITHOUT_CONTEXT = ("/health/",)
# A form that came back with its sentence, where the view caught the refusal itself.
REFUSED_ON_A_PAGE = frozenset({400, 403, 404, 409})


class ContextMiddleware:
    """Token and transaction. Stands before the session's middleware: a session is a row, and rows need a context."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, after its transaction is over."""
        if request.path.startswith(WITHOUT_CONTEXT):
            return self.get_response(request)
        if request.content_params and request.content_params.get("charset", "utf-8").lower() != "utf-8":
            request.encoding = "utf-8"  # what our pages send; any other name would choose how bytes become text
        door = Door.take(request)
        request.door = door  # type: ignore[attr-defined]
        if door.v is not None:
            request.rail = rail_of_everybody  # type: ignore[attr-defined]  # until somebody is recognised
        try:
            with ahead.done(request), one_press(), transaction.atomic(), press():
                set_token(door.token)  # always, '' too: a leftover must never act
                answer = self.get_response(request)
                if answer.status_code >= 500:
                    # A fault inside is an answer already when it arrives here; what it wrote must go all the same.
                    transaction.set_rollback(True)
            self._write_down_anew(request, door)
        except (DatabaseError, InterfaceError) as error:
            log.error("no answer without the database: %s", type(error).__name__)
            return refusals.unavailable(request)
        if answer.streaming or not isinstance(answer, HttpResponse):
            # A stream would run after the commit, without context, and nobody could have written down what it shows.
            log.error("a streaming answer was stopped: %s", request.resolver_match and request.resolver_match.view_name)
            return refusals.unavailable(request)
        door.leave(answer)
        return answer

    @staticmethod
    def _write_down_anew(request: HttpRequest, door: Door) -> None:
        """The row of a mismatch, in a transaction of its own: that of the page was undone with all that it wrote."""
        refusal: Refusal | None = getattr(request, "undone", None)
        if refusal is not None:
            with transaction.atomic():
                set_token(door.token)
                record_refusal(getattr(request, "actor", None), refusal)


class KeepingMiddleware(SessionMiddleware):
    """Django's, which keeps what a page has put into the session; said like a page's own if the database refuses it."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """The answer, with the session's cookie; 409 where what proofs are compared with was changed."""
        try:
            return super().process_response(request, response)
        except Untrusted as error:
            return _undone(request, mismatch(getattr(request, "actor", None), error, "page.view"))


class ActorMiddleware:
    """`request.actor`; pages closed to strangers unless they say otherwise; refusals become answers."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, kept out of every cache when somebody is signed in."""
        request.actor = request.signed_in = None  # type: ignore[attr-defined]
        door: Door | None = getattr(request, "door", None)
        if door is None:
            return self.get_response(request)
        try:
            self._recognise(request, door)
        except (OperationalError, InterfaceError) as error:  # Django would make a traceback of what leaves a middleware
            log.error("nobody is recognised without the database: %s", type(error).__name__)
            transaction.set_rollback(True)
            return refusals.unavailable(request)
        except Exception as error:
            if (changed := changed_row(error)) is None:
                raise
            return _undone(request, mismatch(None, changed, "session.read"))
        answer: HttpResponseBase | None = refusals.too_large(request)
        if answer is None:
            bound.weigh(request)
            answer = self.get_response(request)
        if answer.status_code in REFUSED_ON_A_PAGE:
            answer = _like_the_first(request) or answer
        elif answer.status_code == 405 and request.method == "GET":
            answer = refusals.only_sent(request, answer)
        patch_vary_headers(answer, ("Cookie",))
        self._keep_language(request, answer)
        if request.actor is not None or door.v is not None:  # type: ignore[attr-defined]
            answer.headers["Cache-Control"] = "no-store"
        return answer

    def _recognise(self, request: HttpRequest, door: Door) -> None:
        """Both cookies must be of the same person: the first alone gives no row, the second alone no page."""
        said = request.session.get(SESSION_KEY)
        locked = session_facts.kept(request.session)
        found = signed_in.read(door.v, locked, lambda: session_facts.anew(request.session)) if door.v else None
        if found is not None and said == str(found.actor.user_id):
            request.signed_in = found  # type: ignore[attr-defined]
            language = _language(request, found.actor.language)
            request.actor = replace(found.actor, language=language)  # type: ignore[attr-defined]
            request.rail = partial(rail, request.actor)  # type: ignore[attr-defined]
            door.whose = by_whom(found.actor.user_id)  # also of a session that began before there was this cookie
            translation.activate(language)
            request.LANGUAGE_CODE = translation.get_language() or language
            if not (request.method == "GET" and request.headers.get("HX-Request") == "true"):
                signed_in.touch()  # a page that asks by itself is nobody at work
            return
        set_token("")
        if said is not None:
            request.session.flush()
            door.forget()
            request.session_over = True  # type: ignore[attr-defined]

    def _keep_language(self, request: HttpRequest, answer: HttpResponseBase) -> None:
        """The browser learns the reader's language: the page that says that nothing works knows no more of them."""
        actor, name = getattr(request, "actor", None), settings.LANGUAGE_COOKIE_NAME
        if actor is None or request.COOKIES.get(name) == actor.language or name in answer.cookies:
            return
        put_cookie(answer, name, actor.language)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """A view is for members unless it wears Django's `login_not_required`."""
        if not hasattr(request, "door"):
            return None
        if getattr(view, "login_required", True) and getattr(request, "actor", None) is None:
            return refusals.ended(request)
        if "code" in kwargs and getattr(request, "actor", None) is not None:
            brought = request.POST.get("page_of", "") if request.method == "POST" else None
            request.actor = replace(request.actor, shown=Shown(str(kwargs["code"]), brought))  # type: ignore[attr-defined]
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """What a view raised, as an answer; None: a fault, Django's 500."""
        if isinstance(exception, Refusal) and exception.ledger is None:
            exception = invented(exception) or exception
        if isinstance(exception, Refusal | PermissionDenied | Http404):
            return _like_the_first(request) or self._refused(request, exception)
        exception = changed_row(exception) or exception
        match exception:
            case Untrusted() | Sealed():
                # Not in an action, which would have made a refusal of it: a page that read.
                refusal = mismatch(getattr(request, "actor", None), exception, "page.view")
                return _undone(request, refusal)
            case AlreadyDone():
                return _first_answer(request, exception)
            case OperationalError() | InterfaceError():
                # A deadlock too: everything is undone, and the same press may be tried again.
                transaction.set_rollback(True)
                return refusals.unavailable(request)
        return None

    def _refused(self, request: HttpRequest, exception: Exception) -> HttpResponse:
        match exception:
            case Refusal():
                self._write_down(request, exception)
                return refusals.answer(request, exception)
            case PermissionDenied():
                return refusals.answer(request, NotAllowed("page.view"))
            case _:
                return refusals.answer(request, NotVisible())

    def _write_down(self, request: HttpRequest, refusal: Refusal) -> None:
        """An action has written its refusal itself, after its savepoint; a query's 403 and 404 get their row here."""
        actor = getattr(request, "actor", None)
        if actor is None or refusal.ledger is not None:
            return
        if isinstance(refusal, NotVisible) and not _names_a_thing(request):
            return
        kind, code = _thing(request)
        record_refusal(actor, refusal, kind=kind, code=code)


def _undone(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The sentence of a mismatch; all else that this request did is undone, its cookies and its session with it."""
    try:
        answer = refusals.answer(request, refusal)
    except Exception as error:  # what the frame of the page asks fails by the same; once all is undone it asks nothing
        if changed_row(error) is None:
            raise
        transaction.set_rollback(True)
        answer = refusals.answer(request, refusal)
    transaction.set_rollback(True)
    request.session.modified = False
    request.door.undo()  # type: ignore[attr-defined]
    request.undone = refusal  # type: ignore[attr-defined]
    return answer


def _first_answer(request: HttpRequest, first: AlreadyDone) -> HttpResponse:
    """Where the first was sent, or, if that was nowhere of ours, the page before. The row is the database's word."""
    return HttpResponseRedirect(local(first.url_path) or page_before(request), status=303)


def _language(request: HttpRequest, of_account: str) -> str:
    """In which language this page is read: the account's, or in the demonstration the browser's, where it has one."""
    of_browser = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "") if settings.LANGUAGE_OF_BROWSER else ""
    return of_browser if of_browser in dict(settings.LANGUAGES) else of_account


def _like_the_first(request: HttpRequest) -> HttpResponse | None:
    """The first's answer, if this POST carries an operation that was done while it waited.

    Of two presses at once the second reads the thing as the first has left it, and would be told that it is too late.
    """
    actor = getattr(request, "actor", None)
    if actor is None or request.method != "POST" or connection.needs_rollback:
        return None
    asking = posting.asked(request)
    if asking is None:
        return None
    try:
        first_stands(asking)
    except AlreadyDone as first:
        return _first_answer(request, first)
    except NotNow as refusal:
        return refusals.answer(request, refusal)
    except Untrusted as error:
        return _undone(request, mismatch(actor, error, "page.view"))
    return None


def _names_a_thing(request: HttpRequest) -> bool:
    """A 404 on a malformed code is a typing error and gets no row."""
    match = request.resolver_match
    if match is None:
        return False
    return not match.kwargs or any(_well_formed(value) for value in match.kwargs.values())


THINGS = {"cases": "case", "referrals": "referral"}
"""The first word of an address that names a thing by its code -> what the ledger calls it."""


def _thing(request: HttpRequest) -> tuple[str, str]:
    """What was asked for: its kind and its code; '' twice where no code stands in the address."""
    code = request.resolver_match.kwargs.get("code") if request.resolver_match else None
    kind = THINGS.get(request.path.split("/")[1], "")
    return (kind, str(code)) if kind and code is not None and _well_formed(code) else ("", "")


def _well_formed(value: object) -> bool:
    if isinstance(value, UUID):
        return True
    digits = "".join(sign for sign in str(value) if sign.isdigit())
    return len(digits) == 8
