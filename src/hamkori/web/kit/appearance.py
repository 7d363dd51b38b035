"""How pages look to this browser: theme, language, keys. Plain forms set plain cookies; no script, no account.

The language of an account is the account's; the cookie serves who is not signed in and is what the form sets.
"""

from typing import Any, Final, Literal

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
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
    return _chosen(request, "theme", THEMES[1:])


@require_POST
def keys(request: HttpRequest) -> HttpResponse:
    """Keys on or off; off unless asked for."""
    return _chosen(request, "keys", ("on",))


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """The language of this browser; an unknown one changes nothing."""
    answer = HttpResponseRedirect(came_from(request))
    wanted = request.POST.get("language", "")
    if wanted in dict(settings.LANGUAGES):
        put_cookie(answer, settings.LANGUAGE_COOKIE_NAME, wanted)
    return answer


def came_from(request: HttpRequest) -> str:
    """The page whose form this was, if it is ours; else the first page."""
    return local(request.POST.get("next", "")) or "/"


def _chosen(request: HttpRequest, field: str, kept: tuple[str, ...]) -> HttpResponse:
    """One of these is kept; anything else forgets it."""
    answer, wanted = HttpResponseRedirect(came_from(request)), request.POST.get(field, "")
    is_kept = wanted in kept
    put_cookie(answer, cookie(f"hk_{field}"), wanted if is_kept else "", max_age=A_YEAR if is_kept else 0)
    return answer


def put_cookie(
    answer: HttpResponseBase,
    name: str,
    value: str,
    *,
    max_age: int | None = A_YEAR,
    samesite: Literal["Lax", "Strict"] = "Lax",
) -> None:
    """Every cookie of ours. One that shall go (`max_age` 0) too: a __Host- cookie goes only by one that is Secure and
    has its path.
    """
    secure = settings.SESSION_COOKIE_SECURE
    answer.set_cookie(name, value, max_age=max_age, path="/", secure=secure, httponly=True, samesite=samesite)
