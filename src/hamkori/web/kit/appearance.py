"""How pages look to this browser: theme, language, keys. Plain forms set plain cookies; no script, no account.

The language of an account is the account's; the cookie serves who is not signed in and is what the form sets.
"""

from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation
from django.views.decorators.http import require_POST

from hamkori.web.kit.local import local

THEMES: Final = ("auto", "light", "dark")
A_YEAR: Final = 365 * 24 * 3600


def cookie(name: str) -> str:
    """The cookie's full name: `__Host-` in front wherever the installation speaks https."""
    return f"{getattr(settings, 'COOKIE_PREFIX', '')}{name}"


def of(request: HttpRequest | None) -> dict[str, Any]:
    """What base.html needs: theme ("" follows the system), keys, language and direction, languages to choose from."""
    cookies = request.COOKIES if request is not None else {}
    theme = cookies.get(cookie("hk_theme"), "")
    language = translation.get_language() or settings.LANGUAGE_CODE
    return {
        "theme": theme if theme in THEMES[1:] else "",
        "keys": cookies.get(cookie("hk_keys")) == "on",
        "language": language,
        "direction": "rtl" if translation.get_language_bidi() else "ltr",
        "languages": settings.LANGUAGES,
    }


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the system says."""
    answer = HttpResponseRedirect(came_from(request))
    wanted = request.POST.get("theme", "")
    if wanted in THEMES[1:]:
        _keep(answer, "hk_theme", wanted)
    else:
        _forget(answer, "hk_theme")
    return answer


@require_POST
def keys(request: HttpRequest) -> HttpResponse:
    """Keys on or off; off unless asked for."""
    answer = HttpResponseRedirect(came_from(request))
    if request.POST.get("keys") == "on":
        _keep(answer, "hk_keys", "on")
    else:
        _forget(answer, "hk_keys")
    return answer


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """The language of this browser; an unknown one changes nothing."""
    answer = HttpResponseRedirect(came_from(request))
    wanted = request.POST.get("language", "")
    if wanted in dict(settings.LANGUAGES):
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            wanted,
            max_age=A_YEAR,
            path="/",
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return answer


def came_from(request: HttpRequest) -> str:
    """The page whose form this was, if it is ours; else the first page."""
    return local(request.POST.get("next", "")) or "/"


def _keep(answer: HttpResponse, name: str, value: str) -> None:
    answer.set_cookie(
        cookie(name),
        value,
        max_age=A_YEAR,
        path="/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _forget(answer: HttpResponse, name: str) -> None:
    # A __Host- cookie goes only by a cookie that is Secure too.
    answer.set_cookie(
        cookie(name), "", max_age=0, path="/", secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )
