"""What is said of an arrival: the person comes to whoever helps, or, protected by the police, is met where they are.

The one table of these sentences, on both sides, on Today and in the lists.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hamkori.casework.consent.rules.packet import PLACE
from hamkori.vocabulary import codelist
from hamkori.web.words import lists


def goes(service: str) -> bool:
    """Whether whoever gives this help goes to the person: protection, and nothing else."""
    listed = codelist("service")
    return service in listed and listed.entry(service).data["purposes"] == ["protection"]


def say(what: str, service: str, /, **slots: object) -> str:
    """This sentence for this kind of help."""
    comes, met = SAID[what]
    return str(met if goes(service) else comes) % slots


def of(service: str) -> Mapping[str, Promise]:
    """All of them for this kind of help: a template takes those into which nothing is put."""
    return {what: pair[goes(service)] for what, pair in SAID.items()}


def heard(code: str, service: str) -> str:
    """What the sender says of the arrival; '' where nothing was said."""
    return say(f"heard_{code}", service) if f"heard_{code}" in SAID else lists.label("heard", code)


def part(section: str, service: str) -> str:
    """What a part is called that is asked for: of whom they go to, in place of where they stay, where to meet them."""
    return str(WHERE) if section == PLACE and goes(service) else lists.label("packet_section", section)


WHERE: Final = _("Where to meet the person")
# What the page says -> for help that the person comes to, and for help that comes to the person.
SAID: Final[Mapping[str, tuple[Promise, Promise]]] = {
    # --- whoever receives it
    "ask": (_("Has the person come?"), _("Have you met the person?")),
    "came": (_("The person has come"), _("We have met the person")),
    "came_yes": (_("Yes, the person has come"), _("Yes, we have met the person")),
    "came_early": (
        _("The person came before the agreed time"),
        _("We met the person before the agreed time"),
    ),
    "early_ask": (
        _("Agreed: %(early)s. Has the person come already?"),
        _("Agreed: %(early)s. Have you met the person already?"),
    ),
    "now_means": (
        _("“Now” means: the person comes by %(by)s, within %(n)d hours."),
        _("“Now” means: you meet the person by %(by)s, within %(n)d hours."),
    ),
    "missed": (_("The person did not come"), _("We did not find the person")),
    "not_here": (_("The person is not here"), _("We have not met the person")),
    "missed_wait": (
        _("Nobody came? You can say so here once the time is over (%(over)s). The sender is then told at once."),
        _("Not found? You can say so here once the time is over (%(over)s). The sender is then told at once."),
    ),
    "missed_early": (
        _("Not here yet? Once the agreed time is over you can say here that nobody came."),
        _("Not met yet? Once the agreed time is over you can say here that you did not find the person."),
    ),
    "missed_hour": (
        _("Nobody came at the hour that is written? Say so here then. The sender is told at once."),
        _("Not found at the hour that is written? Say so here then. The sender is told at once."),
    ),
    "missed_shut": (
        _("Nobody came? Open hour and meeting point: once the hour is over, you can say so here."),
        _("Not found? Open hour and meeting point: once the hour is over, you can say so here."),
    ),
    "missed_told": (
        _(
            "The person did not come. The sender was told %(missed)s, and looks for the person. Call the sender if you"
            " hear anything."
        ),
        _(
            "You did not find the person. The sender was told %(missed)s, and looks for the person. Call the sender if"
            " you hear anything."
        ),
    ),
    "missed_until": (
        _("The place stays agreed until %(over)s: agree on another time, or finish."),
        _("It stays agreed until %(over)s: agree on another time, or finish."),
    ),
    "missed_row": (
        _("the sender looks for the person: call the sender if you hear anything"),
        _("the sender looks for the person: call the sender if you see the person or hear anything"),
    ),
    "only_you": (
        _("Say here whether the person came; only you can."),
        _("Say here whether you met the person; only you can."),
    ),
    "only_you_then": (
        _("If the person comes, say so here; only you can."),
        _("When you have met the person, say so here; only you can."),
    ),
    "next": (
        _("The person comes. Your colleague presses “The person has come”; then your own case opens."),
        _("Your colleague meets the person and presses “We have met the person”; then your own case opens."),
    ),
    "next_if_not": (_("If nobody came by %(time)s"), _("If the person was not found by %(time)s")),
    "next_if_not_then": (
        _("If nobody came at the hour that is written"),
        _("If the person was not found at the hour that is written"),
    ),
    "next_not": (
        _("Your colleague presses “The person did not come”. The sender is told at once."),
        _("Your colleague presses “We did not find the person”. The sender is told at once."),
    ),
    "accepted_now": (
        _("Accepted. The person comes at once, at the latest by %(by)s."),
        _("Accepted. You go to the person now, and are there by %(by)s at the latest."),
    ),
    "accepted_hour": (
        _("Accepted. The person comes at the hour that you wrote."),
        _("Accepted. You go to the person at the hour that you wrote."),
    ),
    "accepted_kept": (
        _("Accepted. The person comes as you agreed by telephone: open what is written."),
        _("Accepted. You go to the person as you agreed by telephone: open what is written."),
    ),
    "time_saved": (
        _("The new time is saved. The sender has been told. When the person comes, say so here."),
        _("The new time is saved. The sender has been told. When you have met the person, say so here."),
    ),
    "ended_missed": (_("Ended: the person did not come"), _("Ended: the person was not found")),
    "desk_missed": (_("did not come"), _("not found")),
    "desk_late": (_("did the person come?"), _("did you meet the person?")),
    "desk_expected": (_("expected"), _("to be met")),
    # Rows of one worker begin with what differs: who it is.
    "got": (_("%(who)s: is expected"), _("%(who)s: to be met")),
    "got_late": (_("%(who)s: did the person come to you?"), _("%(who)s: did you meet the person?")),
    "got_came": (
        _("%(who)s: the sender says that the person is with you"),
        _("%(who)s: the sender says that you met the person"),
    ),
    "got_missed": (_("%(who)s: did not come"), _("%(who)s: was not found")),
    "news_came": (
        _("The sender said that the person came: %(service)s"),
        _("The sender said that you met the person: %(service)s"),
    ),
    "news_did_not_come": (
        _("The sender said that the person did not come: %(service)s"),
        _("The sender said that you did not find the person: %(service)s"),
    ),
    # --- both sides
    "heard_came": (_("The person came"), _("The person was met")),
    "heard_did_not_come": (_("The person did not come"), _("The person was not found")),
    "state_missed": (_("Did not come"), _("Not found")),
    "step_came": (_("The person came"), _("The person was met")),
    "step_began": (_("The person came; help began"), _("The person was met; help began")),
    "step_missed": (_("The person did not come"), _("The person was not found")),
    "step_missed_told": (
        _("The person did not come; the sender was told"),
        _("The person was not found; the sender was told"),
    ),
    "step_heard": (
        _("Your team said whether the person came"),
        _("Your team said whether they met the person"),
    ),
    "step_heard_sender": (
        _("The sender said whether the person came"),
        _("The sender said whether you met the person"),
    ),
    # --- whoever sent it
    "did": (_("Did the person arrive?"), _("Did they meet the person?")),
    "did_which": (_("Did the person arrive? %(service)s"), _("Did they meet the person? %(service)s")),
    "waits_which": (
        _("They have not confirmed yet that the person came: %(service)s"),
        _("They have not confirmed yet that they met the person: %(service)s"),
    ),
    "expected": (_("The person is expected"), _("They go to the person")),
    "expected_which": (_("The person is expected: %(service)s"), _("They go to the person: %(service)s")),
    "tell_which": (
        _("Tell the person the time: %(service)s"),
        _("Tell the person when they come: %(service)s"),
    ),
    "told_by": (_("told %(when)s; arrives %(by)s"), _("told %(when)s; they come %(by)s")),
    "missed_which": (_("The person did not come: %(service)s"), _("The person was not found: %(service)s")),
    "had_said_came": (
        _("your team had said that the person came"),
        _("your team had said that they met the person"),
    ),
    "above_called": (
        _("Your supervisor called: %(service)s"),
        _("Your supervisor called those who go to the person: %(service)s"),
    ),
    "above_came": (
        _("Your supervisor said that the person came: %(service)s"),
        _("Your supervisor said that they met the person: %(service)s"),
    ),
    "above_did_not_come": (
        _("Your supervisor said that the person did not come: %(service)s"),
        _("Your supervisor said that they did not find the person: %(service)s"),
    ),
    "when": (_("When the person comes"), _("When they meet the person")),
    "when_over": (_("When the person was to come"), _("When they were to meet the person")),
    "say": (_("Say whether the person came"), _("Say whether they met the person")),
    "say_early": (_("The person is there already"), _("They have met the person already")),
    "said_came": (
        _("%(by)s said %(at)s: the person came."),
        _("%(by)s said %(at)s: they met the person."),
    ),
    "said_missed": (
        _(
            "%(by)s said %(at)s: the person did not come. Find out whether the person is safe. Then agree another time"
            " with the organisation, or cancel and ask another one."
        ),
        _(
            "%(by)s said %(at)s: they did not find the person. Find out whether the person is safe. Then agree another"
            " time with the organisation, or cancel and ask another one."
        ),
    ),
    "ask_only": (
        _(
            "You may ask and say whether the person came, by the number of the referral; nothing else before the person"
            " is asked again."
        ),
        _(
            "You may ask and say whether they met the person, by the number of the referral; nothing else before the"
            " person is asked again."
        ),
    ),
    "back": (
        _("If the organisation does not say that the person came, this comes back %(at)s."),
        _("If the organisation does not say that it met the person, this comes back %(at)s."),
    ),
    "nobody_said": (
        _(
            "Agreed for %(arrival)s. Nobody there has said that the person came. Call them, or the person if that is"
            " safe. Then say what you know."
        ),
        _(
            "Agreed for %(arrival)s. Nobody there has said that they met the person. Call them, or the person if that"
            " is safe. Then say what you know."
        ),
    ),
    "nobody_said_which": (
        _("%(service)s at %(organisation)s, agreed for %(when)s. Nobody there has said that the person came."),
        _("%(service)s at %(organisation)s, agreed for %(when)s. Nobody there has said that they met the person."),
    ),
    "find_out": (
        _(
            "The person did not come. Find out whether they are safe; then agree another time with the organisation, or"
            " end it."
        ),
        _(
            "They did not find the person. Find out whether the person is safe; then agree another time with the"
            " organisation, or end it."
        ),
    ),
    "meeting_gone": (
        _("Hour and meeting point are kept only until the person comes, or until the referral ends. They are deleted."),
        _("Hour and meeting point are kept only until they meet, or until the referral ends. They are deleted."),
    ),
    "unconfirmed": (_("Came, to be confirmed"), _("Met, to be confirmed")),
    "list_missed": (_("the person did not come"), _("the person was not found")),
    "list_stopped": (
        _("the person did not come: decide what comes next"),
        _("the person was not found: decide what comes next"),
    ),
    "list_came": (
        _("your team said that the person came; they are asked to confirm it"),
        _("your team said that they met the person; they are asked to confirm it"),
    ),
    "list_late": (_("did the person come? Ask them"), _("did they meet the person? Ask them")),
    "list_expected": (_("expected: %(when)s"), _("to be met: %(when)s")),
    "saved_came": (
        _("Saved: the person came. The organisation was asked to confirm it."),
        _("Saved: they met the person. The organisation was asked to confirm it."),
    ),
    "saved_came_above": (
        _("Saved: the person came. The team was told, and the organisation was asked to confirm it."),
        _("Saved: they met the person. The team was told, and the organisation was asked to confirm it."),
    ),
    "saved_came_unasked": (
        _("Saved: the person came. The organisation was told. They can confirm it once the person was asked again."),
        _(
            "Saved: they met the person. The organisation was told. They can confirm it once the person was asked"
            " again."
        ),
    ),
    "saved_did_not_come": (
        _(
            "Saved: the person did not come. The organisation, your team and your supervisor were told. Find out"
            " whether the person is safe first."
        ),
        _(
            "Saved: they did not find the person. The organisation, your team and your supervisor were told. Find out"
            " whether the person is safe first."
        ),
    ),
    "saved_did_not_come_above": (
        _(
            "Saved: the person did not come. The organisation and the team were told. Find out whether the person is"
            " safe first."
        ),
        _(
            "Saved: they did not find the person. The organisation and the team were told. Find out whether the person"
            " is safe first."
        ),
    ),
    "saved_called": (
        _("Saved: you called. If nobody says that the person came, this comes back %(when)s."),
        _("Saved: you called. If nobody says that they met the person, this comes back %(when)s."),
    ),
    "saved_called_above": (
        _("Saved: you called. The team was told. If nobody says that the person came, this comes back %(when)s."),
        _("Saved: you called. The team was told. If nobody says that they met the person, this comes back %(when)s."),
    ),
    # --- the coordinator
    "sender_came": (
        _("The sender, %(organisation)s, says %(when)s: the person came"),
        _("The sender, %(organisation)s, says %(when)s: the person was met"),
    ),
    "sender_did_not_come": (
        _("The sender, %(organisation)s, says %(when)s: the person did not come"),
        _("The sender, %(organisation)s, says %(when)s: the person was not found"),
    ),
    "sender_is_safe": (
        _("The sender, %(organisation)s, says %(when)s: the person is safe, and did not come"),
        _("The sender, %(organisation)s, says %(when)s: the person is safe, and was not met"),
    ),
    "not_said": (
        _("it has not said whether the person came"),
        _("it has not said whether it met the person"),
    ),
}
