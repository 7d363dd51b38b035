"""The demonstration's first page, and the mails that its people would have got."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import resolve
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hamkori.people.queries import shown
from hamkori.site.demo import walk
from hamkori.site.demo.cast import PERSONAS

SHOWN = 100
PAGES = "hamkori.web.urls"


@dataclass(frozen=True)
class Mail:
    """One mail of the folder."""

    to: str
    subject: str
    at: datetime | None
    text: str


@login_not_required
def front(request: HttpRequest) -> HttpResponse:
    """Strangers choose whom they want to be; members get the page that is there without a demonstration too."""
    if getattr(request, "actor", None) is not None:
        match = resolve("/", urlconf=PAGES)
        request.resolver_match = match
        inside: HttpResponse = match.func(request)
        return inside
    people = [{"slug": slug, "persona": persona, "name": shown(persona.name)} for slug, persona in PERSONAS.items()]
    folder = Path(settings.HAMKORI_DATA)
    walked = [
        {"slug": step.door, "name": shown(PERSONAS[step.door].name), "what": step.what, "done": step.done}
        for step in walk.steps(walk.numbers(folder), walk.done(folder))
    ]
    context = {"people": people, "start": walk.START, "walk": walked}
    return render(request, "demo/front.html", context)


@login_not_required
@require_safe
def mail(request: HttpRequest) -> HttpResponse:
    """The newest mails first: they say that there is something to see, never what."""
    return render(request, "demo/mail.html", {"mails": mails(Path(settings.EMAIL_FILE_PATH)), "title": _("Mail")})


def mails(folder: Path) -> list[Mail]:
    """What the file backend of Django has written there; several mails of one connection share a file."""
    found: list[Mail] = []
    files = sorted(folder.glob("*.log"), reverse=True) if folder.is_dir() else []
    for path in files[:SHOWN]:
        parts = path.read_bytes().split(b"-" * 79 + b"\n")
        found += [_read(part) for part in reversed(parts) if part.strip()]
    return found[:SHOWN]


def _read(raw: bytes) -> Mail:
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    # Django writes -0000, "some zone", and means UTC.
    dated = parsedate_to_datetime(str(message["date"])).replace(tzinfo=UTC) if message["date"] else None
    return Mail(
        str(message["to"]),
        str(message["subject"]),
        dated,
        body.get_content().strip() if body else "",
    )
