"""One frame for every step that a page takes: found, possible now, asked, tried once, answered.

An area brings a table of steps (`Step`) and says how its side is found and shown (`PageOfSteps`). Which side may
take a step stands in the lifecycle alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import URLPattern, path
from django.utils.functional import Promise
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from hamkori.access.actor import Actor
from hamkori.lifecycle import Machine
from hamkori.operations import first_stands
from hamkori.refusal import NotNow
from hamkori.web.kit.posting import actor_of, done, version_of
from hamkori.web.kit.refusals import sentence
from hamkori.web.kit.written import gives_back

ThingT = TypeVar("ThingT")
View = Callable[..., HttpResponse]


@dataclass(kw_only=True)
class Taking(Generic[ThingT]):
    """One request for one step. `said_no`: '' so far, "invalid", or the guard that was not true."""

    request: HttpRequest
    actor: Actor
    code: str
    step: Step[ThingT]
    thing: ThingT
    form: Any = None
    said_no: str = ""

    @property
    def typed(self) -> QueryDict | None:
        """What was sent; None where the step is only looked at."""
        return self.request.POST if self.request.method == "POST" else None

    @property
    def version(self) -> int:
        """The version under which the page was read."""
        return version_of(self.request)

    @property
    def says(self) -> Mapping[str, Any]:
        """What the step's page says of it."""
        return self.step.says(self) if self.step.says is not None else {}

    @property
    def said(self) -> dict[str, Any]:
        """What the valid form says."""
        said: dict[str, Any] = self.form.cleaned_data
        return said


@dataclass(frozen=True, kw_only=True)
class Step(Generic[ThingT]):
    """A row: what a step does, what it asks (None: it is one button), what its page says, and what is told afterwards.

    `asks_first`: before it is tried, whether its time has come; else the action alone says so. `beside`: guard -> the
    field it is said at, '' above the form. `given_back`: the form, drawn for nobody. `hides`: what no log holds.
    """

    name: str
    act: Callable[[Taking[ThingT]], object]
    form: Callable[[Taking[ThingT]], Any] | None = None
    says: Callable[[Taking[ThingT]], Mapping[str, Any]] | None = None
    told: str | Promise = ""
    methods: tuple[str, ...] = ("GET", "HEAD", "POST")
    asks_first: bool = True
    beside: Mapping[str, str] = field(default_factory=dict)
    given_back: Callable[[HttpRequest], BaseForm] | None = None
    hides: tuple[str, ...] = ()


def acts(of: str, action: Callable[..., object], *fields: str) -> Callable[[Taking[Any]], object]:
    """A step that says what its form says: the action on the thing's `of`, as it was read, with these fields."""

    def act(at: Taking[Any]) -> object:
        said = {name: at.said[name] for name in fields}
        return action(at.actor, getattr(at.thing, of), version=at.version, **said)

    return act


class PageOfSteps(Generic[ThingT]):
    """How one side of a lifecycle finds a thing, shows it and takes its steps."""

    machine: ClassVar[Machine[Any]]
    sides: ClassVar[frozenset[str]]
    address: ClassVar[str]
    name: ClassVar[str]

    def who(self, step: str) -> frozenset[str]:
        """Which of these sides may take a step at all; the lifecycle says when."""
        return frozenset(side for row in self.machine.steps if row.name == step for side in row.sides) & self.sides

    def find(self, actor: Actor, code: str, step: Step[ThingT]) -> ThingT:
        """The thing, for whoever may take this step of it. NotVisible, NotAllowed."""
        raise NotImplementedError

    def possible(self, taking: Taking[ThingT]) -> None:
        """NotNow where the step can not be taken from here."""
        raise NotImplementedError

    def leads_on(self, taking: Taking[ThingT]) -> None:
        """Where a refusal of this step leads, if anywhere but back."""

    def act(self, taking: Taking[ThingT]) -> None:
        """Takes the step."""
        taking.step.act(taking)

    def tried(self, taking: Taking[ThingT]) -> str:
        """Takes a step that a form asked. '' when it is done, else the guard that said no, its sentence in the form."""
        try:
            self.act(taking)
        except NotNow as refusal:
            if refusal.guard not in taking.step.beside:
                raise
            taking.form.add_error(taking.step.beside[refusal.guard] or None, sentence(refusal))
        return "" if taking.form.is_valid() else "invalid"

    def home(self, taking: Taking[ThingT]) -> str:
        """Where it goes on afterwards."""
        raise NotImplementedError

    def show(self, taking: Taking[ThingT]) -> HttpResponse:
        """The page on which the step is asked, with what was typed and what said no."""
        raise NotImplementedError

    def shows(self, _step: Step[ThingT]) -> bool:
        """Whether the step's address has something to show; else whoever opens it is led home."""
        return True

    def take(self, step: Step[ThingT], request: HttpRequest, code: str) -> HttpResponse:
        """Shows what the step asks; by POST tries it once, and goes home when it is done."""
        actor, posted = actor_of(request), request.method == "POST"
        taking = Taking(request=request, actor=actor, code=code, step=step, thing=self.find(actor, code, step))
        if not posted and not self.shows(step):
            return HttpResponseRedirect(self.home(taking))
        self.leads_on(taking)
        if step.asks_first or not posted:
            self.possible(taking)
        taking.form = step.form(taking) if step.form is not None else None
        if posted and self._done(taking):
            if step.told:
                messages.success(request, str(step.told))
            return done(actor, self.home(taking))
        return self.show(taking)

    def _done(self, taking: Taking[ThingT]) -> bool:
        if taking.form is None:
            self.act(taking)
            return True
        taking.said_no = self.tried(taking) if taking.form.is_valid() else "invalid"
        if taking.said_no:
            first_stands(taking.actor)  # done by the same press from another window, after which nothing can be chosen
        return not taking.said_no

    def view(self, step: Step[ThingT]) -> View:
        """The door of a step."""

        def door(request: HttpRequest, code: str) -> HttpResponse:
            return self.take(step, request, code)

        door.__module__ = type(self).__module__  # the area's, as that of any other door
        found: View = require_http_methods(list(step.methods))(door)
        found = sensitive_post_parameters(*step.hides)(found) if step.hides else found
        return gives_back(step.given_back)(found) if step.given_back is not None else found

    def urls(self, *steps: Step[ThingT]) -> list[URLPattern]:
        """Their addresses: the last word is the step."""
        return [
            path(self.address.format(step.name), self.view(step), name=self.name.format(step.name)) for step in steps
        ]
