"""The four refusals, and an operation that was done before, as answers to a browser. Nowhere else.

See docs/design/pages.md#errors-and-refusals.
"""

import errno
import logging
import sys
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from hamkori.action import marks_lost
from hamkori.lifecycle import SINCE
from hamkori.refusal import COUNTED, ENDED, PLAIN, SENTENCES, STATES, Invalid, NotAllowed, NotNow, NotVisible, Refusal
from hamkori.vault.marks import MarksLost
from hamkori.vocabulary import codelist
from hamkori.web.kit import emergency, moments, thrown, written
from hamkori.web.kit.local import from_here, is_part, page_before, page_open

log = logging.getLogger("hamkori.web")
# These two are mended by a passphrase, and then the way leads back.
TO_UNLOCK = frozenset({"vault_open", "recent_sign_in"})
# What an open page hears of the end of its session (kit/js/page.js).
ENDED_EVENT = "hk-ended"
# Of what is too large, so many bytes as it was sent are given back (a Cyrillic letter takes six), in so many texts.
BEGINNING = 600_000
MOST_TEXTS = 40
NOT_KEPT = {"Cache-Control": "no-store"}


def answer(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The page for a refusal; one body for everything that is not visible."""
    match refusal:
        case NotVisible():
            return not_found(request)
        case NotAllowed():
            return render(request, "403.html", status=403)
        case NotNow():
            return not_now(request, refusal)
        case Invalid():
            return render(request, "400.html", status=400)
        case _:
            raise refusal


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404, the same for absent, hidden and malformed; also Django's handler for addresses that lead nowhere.

    Only whoever threw a registration away is told that in its other windows, with what was written there.
    """
    if thrown.is_of(request):
        written_there = written.in_words(request, written.kept(request))
        return render(request, "thrown_away.html", {"written": written_there}, status=404)
    return render(request, "404.html", status=404)


def too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that does not prove where it came from: its session is another one by now. Django's handler.

    Who is nobody by now is told that, as by any page. Sent by a page of ours, what was written stands on the answer;
    what another site sends is nobody's writing. A form that script sends by itself is told, and the page sends it once
    more as a whole.
    """
    if is_part(request):
        return HttpResponse(status=204, headers={"HX-Trigger": ENDED_EVENT})
    view = getattr(request.resolver_match, "func", None)
    if getattr(request, "actor", None) is None and getattr(view, "login_required", True):
        return ended(request)
    texts = written.in_words(request, written.kept(request)) if from_here(request) else []
    page = render_to_string("403_csrf.html", {"written": texts}, request)
    return HttpResponse(page, status=403, headers=NOT_KEPT)


def only_sent(request: HttpRequest, refused: HttpResponseBase) -> HttpResponse:
    """405 for whoever opens the address of a button: nothing was done, and there is a way on."""
    answer = render(request, "405.html", status=405)
    answer.headers["Allow"] = refused.headers.get("Allow", "POST")
    return answer


def not_now(request: HttpRequest, refusal: NotNow) -> HttpResponse:
    """409 with the guard's sentence and a way back, or the unlock page for what a passphrase mends.

    What was typed comes back with the answer: pages are not stored, so a browser's Back would show an empty form.
    """
    back = page_before(request)
    context: dict[str, object] = {"reason": sentence(refusal), "back": {"url": back, "label": _("Back")}}
    if refusal.guard in TO_UNLOCK:
        if request.method == "GET" and is_part(request):
            return HttpResponse(status=204, headers={"HX-Redirect": unlock_address(page_open(request))})
        if request.method == "GET":
            return HttpResponseRedirect(unlock_address(f"{request.get_full_path()}{_opened_at(request)}"))
        kept = written.kept(request)
        if kept:
            context |= {"unlock_url": unlock_address("/"), "kept": kept, "kept_for": request.get_full_path()}
        else:
            context["action"] = {"url": unlock_address(back), "label": _("Give your passphrase")}
    else:
        context["written"] = written.in_words(request, written.kept(request))
        if on := _takes_back(request, refusal):
            context["action"] = {"url": on, "label": _("The person withdraws something")}
            context["more"] = _("Withdraw everything together with the person, then ask again.")
        elif goes := getattr(request, "goes_on", None) or _saved_before(request, refusal):
            context["action"] = {"url": goes[0], "label": _("Open the referral")}
            context["more"] = goes[1]
            if back.partition("?")[0] == goes[0]:
                del context["back"]
    return render(request, "409.html", context, status=409)


def leads_on(request: HttpRequest, code: str) -> None:
    """Where her word cannot be confirmed, this page's refusal leads on to taking it back in the case of this code.

    '': whoever reads the page takes nothing back.
    """
    request.takes_back = code  # type: ignore[attr-defined]


def goes_on(request: HttpRequest, url: str, more: str = "") -> None:
    """A refusal of this page leads to the page of its referral as it stands now. `more`: what else is to be said."""
    request.goes_on = (url, more)  # type: ignore[attr-defined]


def _saved_before(request: HttpRequest, refusal: NotNow) -> tuple[str, str] | None:
    """Where a page of a referral was saved before with other answers: its page as it stands now."""
    match = request.resolver_match
    if refusal.guard != "sent_before" or match is None or not (match.view_name or "").startswith("referral_"):
        return None
    return (reverse("referral", args=[match.kwargs["code"]]), "") if "code" in match.kwargs else None


def _takes_back(request: HttpRequest, refusal: NotNow) -> str:
    code = getattr(request, "takes_back", "")
    of_her_word = refusal.guard == "tag_mismatch" and getattr(refusal.ledger, "kind", "") == "consent"
    return reverse("consent_withdraw", args=[code]) if code and of_her_word else ""


def sentence(refusal: NotNow) -> str:
    """The guard's sentence in the reader's language, with its values; where one is not known, its form without them.

    An unknown guard says that something changed.
    """
    guard, number = refusal.guard, refusal.values.get("n")
    if guard not in SENTENCES:
        log.error("a guard without a sentence: %s", guard)
        return translation.gettext(SINCE)
    values = {name: _state(value) if name == "state" else _shown(value) for name, value in refusal.values.items()}
    values |= emergency.numbers()
    if guard in COUNTED and isinstance(number, int):
        return translation.ngettext(*COUNTED[guard], number).format(**values)
    try:
        return translation.gettext(SENTENCES[guard]).format(**values)
    except (KeyError, IndexError):
        return translation.gettext(PLAIN[guard])


def _shown(value: object) -> str:
    if isinstance(value, datetime):
        return moments.passed(value, timezone.now())
    return str(value)


def _state(value: object) -> str:
    """A state's code as everybody may read it. Who ended a request is not for every side, so it reads "ended"."""
    code, language = str(value), translation.get_language() or "en"
    if any(read_as(code) == ENDED for read_as in STATES.values()):
        return _("Ended")
    return next((codelist(name).label(code, language) for name in STATES if code in codelist(name)), code)


def _opened_at(request: HttpRequest) -> str:
    """The place on the page of what was to be unlocked: it has the name by which it was asked for."""
    opens = request.GET.get("open", "")
    return f"#{opens}" if opens.isidentifier() and opens.isascii() else ""


def unlock_address(back: str) -> str:
    """The unlock page, which leads back to this address."""
    return f"{reverse('account_unlock')}?{urlencode({'next': back})}"


def ended(request: HttpRequest) -> HttpResponse:
    """To a page for members without a session: sign in, and back. What was typed is given back to be copied.

    Whose session ended is told why at the sign-in, after a link too; a stranger is told nothing.
    A form that script sends by itself is told so, and the page sends it once more as a whole: then it comes back here.
    """
    over: bool = getattr(request, "session_over", False)
    if request.resolver_match is not None and request.resolver_match.view_name == "account_logout":
        request.door.whose = ""  # type: ignore[attr-defined]  # who signs out needs no session for it
    if is_part(request):
        to = {"HX-Redirect": _sign_in_address(page_open(request), over=over)}
        return HttpResponse(status=204, headers={"HX-Trigger": ENDED_EVENT} if request.method == "POST" else to)
    if request.method == "GET":
        return HttpResponseRedirect(_sign_in_address(request.get_full_path(), over=over))
    texts = written.in_words(request, written.kept(request))
    context = {"sign_in_url": _sign_in_address(page_before(request)), "written": texts}
    return HttpResponse(render_to_string("account/ended.html", context, request), status=403, headers=NOT_KEPT)


def _sign_in_address(back: str, *, over: bool = False) -> str:
    asked = {"why": "ended", "next": back} if over else {"next": back}
    return f"{reverse('account_login')}?{urlencode(asked)}"


def too_large(request: HttpRequest) -> HttpResponse | None:
    """413 for a form that is longer than Django reads, with the beginning of what was written; None for any other.

    To be asked before anybody else reads the form: within Django it would be a plain page and a traceback in the log.
    """
    if request.method != "POST":
        return None
    try:
        request.POST  # noqa: B018 - reading it raises
    except RequestDataTooBig:
        size = filesizeformat(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        reason = _("What was sent is larger than %(size)s. Nothing was written. Write less, or in parts.") % {
            "size": size
        }
    except (TooManyFieldsSent, TooManyFilesSent):
        reason = _("What was sent has too many parts. Nothing was written. Load the page anew and write there.")
    except (SuspiciousOperation, MultiPartParserError, OSError):
        return None
    else:
        return None
    log.warning("a form was too large")
    fields, cut = _beginning(request)
    request.POST = QueryDict()  # so that no template trips over it again
    texts = written.in_words(request, fields)[:MOST_TEXTS]
    context = {"reason": reason, "written": texts, "cut": cut, "back": page_before(request)}
    return render(request, "413.html", context, status=413)


def _beginning(request: HttpRequest) -> tuple[list[tuple[str, str]], bool]:
    """The first fields of one of our forms, and whether more came after them."""
    if request.content_type != "application/x-www-form-urlencoded":
        return [], False
    raw = request.body if hasattr(request, "_body") else request.read(BEGINNING + 1)
    fields = parse_qsl(raw[:BEGINNING].decode("ascii", "replace"), keep_blank_values=True)
    return written.hers(request, fields), len(raw) > BEGINNING


def unavailable(request: HttpRequest) -> HttpResponse:
    """503 without any help of the database: the language is the cookie's. What was sent stays on the page."""
    sent = _without_database(request, "503.html", 503)
    sent.headers["Retry-After"] = "30"
    return sent


def broken(request: HttpRequest) -> HttpResponse:
    """500, Django's handler for a fault of ours: nothing of what was sent was done, and all of it stays on the page.

    503 where it was an outage, under any middleware: Django makes a 500 of whatever leaves one.
    """
    fault = sys.exc_info()[1]
    if isinstance(fault, MarksLost) and hasattr(request, "door"):
        # What is written here goes with the page's transaction; `undone` is written again after it.
        request.undone = marks_lost(getattr(request, "actor", None))  # type: ignore[attr-defined]
    if _is_outage(fault):
        return unavailable(request)
    return _without_database(request, "500.html", 500)


def _is_outage(fault: BaseException | None) -> bool:
    """What was away and comes back: the database, the marks, room on the disk. The same press may be tried again."""
    full = isinstance(fault, OSError) and fault.errno == errno.ENOSPC
    return full or isinstance(fault, OperationalError | InterfaceError | MarksLost)


def _without_database(request: HttpRequest, template: str, status: int) -> HttpResponse:
    with translation.override(translation.get_language_from_request(request)):
        language = translation.get_language() or settings.LANGUAGE_CODE
        rail = getattr(request, "rail", None)  # known before the database was away
        context = {
            "nav": rail() if rail is not None else None,
            "page_language": language,
            "kept": written.kept(request),
            "kept_for": request.get_full_path(),
        }
        return HttpResponse(render_to_string(template, context), status=status, headers=NOT_KEPT)
