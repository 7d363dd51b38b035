"""What somebody said with a form that was not taken, in words: each answer with the label of its field.

A view says with `gives_back` which form its page draws. Its fields decide: what was typed comes back as it was typed,
what was chosen as its label; what no person says (hidden fields, ids, marks) does not come back. Of a view that says
nothing, only what is more than one word is taken for something that was written.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import SuspiciousOperation, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.urls import resolve
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from hamkori.web.kit import moments

SHORT = 60
"""A longer text stands in a box of its own."""
BY_WHOM = "by_whom"
AS_READ = "hamkori_gives_back"

View = TypeVar("View", bound=Callable[..., HttpResponse])


@dataclass(frozen=True)
class Line:
    """One answer: what was asked, and what was said."""

    label: str
    text: str
    boxed: bool = True


Read = Callable[[HttpRequest, QueryDict], Iterable[Line]]


def gives_back(drawn: Callable[[HttpRequest], forms.BaseForm | None]) -> Callable[[View], View]:
    """For a view: the form that it draws, made of the address alone. Nobody is signed in when it is asked."""

    def read(request: HttpRequest, sent: QueryDict) -> Iterable[Line]:
        form = drawn(request)
        return _unnamed(_pairs(sent)) if form is None else lines(form, sent)

    return reads(read)


def reads(read: Read) -> Callable[[View], View]:
    """The same for a view that reads by itself what was sent."""

    def marked(view: View) -> View:
        setattr(view, AS_READ, read)
        return view

    return marked


def kept(request: HttpRequest) -> list[tuple[str, str]]:
    """What one of our forms carried: browsers fetch a page anew at Back, and then nothing of it is left.

    Only forms with an operation, which is done once however often it is sent. Passphrases travel without one. And only
    to the writer's browser: after a sign-out somebody else may send from its history what was written.
    """
    if request.method != "POST":
        return []
    try:
        posted = request.POST
    except (SuspiciousOperation, MultiPartParserError, OSError):
        return []
    return hers(request, _pairs(posted))


def hers(request: HttpRequest, sent: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The same, where it is read from the bytes of a request that is too large."""
    said, door, actor = dict(sent), getattr(request, "door", None), getattr(request, "actor", None)
    who = door.whose if door is not None else ""  # a cookie that no form of another site brings
    if actor is not None:
        who = by_whom(actor.user_id)
    return sent if "operation" in said and who and said.get(BY_WHOM) == who else []


def by_whom(user: object) -> str:
    """What the forms of this person's pages carry, in each of their sessions: it says nothing of them."""
    return salted_hmac("hamkori.web.by_whom", str(user)).hexdigest()[:16]


def _pairs(posted: QueryDict) -> list[tuple[str, str]]:
    return [(name, str(value)) for name, values in posted.lists() for value in values]


def in_words(request: HttpRequest, sent: list[tuple[str, str]]) -> list[Line]:
    """All that was said with what was sent, each under a name of its own."""
    if not sent:
        return []
    read = getattr(_view(request), AS_READ, None)
    posted = QueryDict(mutable=True)
    for name, value in sent:
        posted.appendlist(name, value)
    return _each_named(_unnamed(sent) if read is None else read(request, posted))


def lines(form: forms.BaseForm, sent: QueryDict) -> Iterator[Line]:
    """What was said in the fields of this form; an answer that nobody touched was not said."""
    for name, field in form.fields.items():
        values = [value.strip() for value in sent.getlist(name) if value.strip()]
        if field.widget.is_hidden or not values or not field.label:
            continue
        label = str(field.label)
        if isinstance(field, forms.ChoiceField):
            untouched = form.get_initial_for_field(field, name)
            if set(values) != {str(one) for one in _many(untouched)}:
                text = "; ".join(found for value in values if (found := choice_label(field, value)))
                yield Line(label, text, boxed=False)
        elif isinstance(field, forms.BooleanField):
            yield Line(label, _("yes"), boxed=False)
        elif not isinstance(field.widget, forms.PasswordInput):
            text = _shown(field, values[-1])
            yield Line(label, text, boxed=isinstance(field.widget, forms.Textarea) or len(text) > SHORT)


def _many(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list | tuple | set | frozenset) else (value,)


def choice_label(field: forms.Field, value: str) -> str:
    """The words of a choice; '' for a code that is none of them."""
    for code, label in getattr(field, "choices", ()):
        pairs = label if isinstance(label, list | tuple) else ((code, label),)
        for one, text in pairs:
            if str(one) == value:
                return str(text)
    return ""


def _shown(field: forms.Field, value: str) -> str:
    """As it was typed; a date that a browser picked is said as people write it."""
    if isinstance(field, forms.DateField):
        try:
            on = field.to_python(value)
        except ValidationError:
            return value
        return moments.in_figures(on) if on else value
    return value


def _unnamed(sent: list[tuple[str, str]]) -> Iterator[Line]:
    texts = (value.strip() for _name, value in sent)
    for text in dict.fromkeys(text for text in texts if any(sign.isspace() for sign in text)):
        yield Line("", text)


def _each_named(found: Iterable[Line]) -> list[Line]:
    """Whoever hears a page, and not sees it, knows a box by its name: no two have the same."""
    given: dict[str, int] = {}
    named = []
    for line in found:
        if not line.text:
            continue
        label = line.label or _("What you wrote")
        number = given[label] = given.get(label, 0) + 1
        if number > 1:
            label = _("%(label)s, %(number)s") % {"label": label, "number": number}
        named.append(replace(line, label=label))
    return named


def _view(request: HttpRequest) -> Any:
    if request.resolver_match is not None:
        return request.resolver_match.func
    try:
        return resolve(request.path_info).func
    except Http404:
        return None
