"""What is to do in a case, in the order in which it is usually done, and how far each is."""

from datetime import timedelta
from operator import itemgetter
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hamkori.casework.case.rules.clocks import late
from hamkori.casework.consent.queries.agreed import Agreed
from hamkori.casework.consent.rules.consent import LIVE_STATES
from hamkori.casework.referral.rules.card import URGENT
from hamkori.casework.referral.rules.stopped import EMERGENCY
from hamkori.casework.work.queries.case_page import File, Sent
from hamkori.casework.work.queries.due import is_unplanned
from hamkori.casework.work.queries.here_now import aim_of, is_untold
from hamkori.casework.work.queries.no_place import PLACE
from hamkori.directory.rules.suit import kinds
from hamkori.web.cases import child_contact, needs, ready, safe, unsent
from hamkori.web.kit import moments
from hamkori.web.words import arrival, child_alone, child_told, consented, lists, red, referral
from hamkori.web.words import safe as safe_words
from hamkori.web.words.case import asked_as_child, in_peace, no_to_all
from hamkori.web.words.ways import opened_hour

Task = dict[str, Any]


def tasks(file: File) -> list[Task]:
    """Rows of the task list: what an organisation asks us, consent, referrals, child; who is expected and the planned
    step; then what has no day: signs, decision, age.
    """
    planned = _asks_first(file) or (child_alone.waits(file.case) and file.agreed.asked_at is None)
    agreement = None if _said_above(file) or planned else _agreement(file)
    rows = [
        *_asked(file),
        agreement,
        *needs.rows(file),
        _referrals(file),
        *unsent.rows(file),
        *_results(file),
        _child(file),
        *_ahead(file),
        *safe.done(file),
        *({**row, "undated": True} for row in (_no_adult(file), *_undated(file)) if row),
    ]
    return [row for row in rows if row]


def _asks_first(file: File) -> bool:
    """Whether asking what may be shared is the planned step itself: then it is one row."""
    return file.case.next_step_code == child_alone.ASKS and file.agreed.asked_at is None and not file.agreed.unsure


def _asks_signs(file: File) -> bool:
    """The same of the signs: they are the planned step, and not finished."""
    planned = file.case.next_step_code == "signs" and file.case.next_step_on is not None
    return planned and not _signs_done(file) and file.standing.works and "screening" in file.standing.sections


def _signs_done(file: File) -> bool:
    return "completed" in file.screenings and "draft" not in file.screenings


def _undated(file: File) -> tuple[Task | None, ...]:
    return _signs(file), _decision(file), _age(file)


def _no_adult(file: File) -> Task | None:
    """Of a child who said no to everything: that no adult knows of it, and whom to call; nobody is asked again. Of one
    for whom no adult has answered: the same, where none can be asked now.
    """
    url = child_alone.calls_at(file.case.code)
    if file.standing.works and child_alone.lacks_adult(file.case, file.agreed):
        hint = _("No adult can be asked now?")
        return {**_task(str(red.ADULT_FIRST), "todo", "", url=url, hint=hint), "button": _("See whom to call")}
    if not (file.standing.works and child_alone.knows_none(file.case, file.agreed)):
        return None
    return {**_task(str(red.NO_ADULT), "todo", "", url=url), "button": _("See whom to call")}


def _task(label: str, state: str, state_label: str, *, url: str = "", hint: str = "", when: object = "") -> Task:
    return {"label": label, "state": state, "state_label": state_label, "url": url, "hint": hint, "when": when}


def _asked(file: File) -> list[Task]:
    """What organisations wait for: the answer to a question, a part; with the button of that row on Today."""
    rows = []
    for one in file.referrals if file.standing.works else ():
        of = f"{lists.label('service', one.service)} · {one.body}"
        if one.asks:
            url = reverse("referral_answer", args=[one.code])
            rows.append({**_task(asked_us(one), "todo", "", url=url, hint=of), "button": str(red.READ_QUESTION)})
        for part in one.parts:
            sent = part in one.sections
            label = str(red.PART if sent else red.PART_UNSHARED) % {"part": arrival.part(part, one.service)}
            there = reverse("referral_add", args=[one.code]) + f"?part={part}"
            url = there if sent else reverse("referral", args=[one.code]) + "#asks"
            button = red.OPEN_PART if sent else red.READ_QUESTION
            rows.append({**_task(label, "todo", "", url=url, hint=of), "button": str(button)})
    return rows


def _results(file: File) -> list[Task]:
    """Help that has ended, of which the person is asked how it was: the row of Today, with its button. Who is looked
    for is not asked (ADR 0178). And a disputed result to which no answer came in time.
    """
    rows = [_unanswered(one) for one in file.referrals if one.state == "disputed" and one.late]
    for one in file.referrals if file.standing.works and file.missing is None else ():
        if one.state == "finished":
            label = str(red.HOW_IT_WAS) % {"service": lists.label("service", one.service)}
            state = "late" if one.late else "todo"
            task = _task(label, state, "", url=reverse("referral_confirm", args=[one.code]), hint=one.body)
            rows.append({**task, "button": str(red.SAY_HOW)})
    return rows


def _unanswered(one: Sent) -> Task:
    label = str(red.NO_ANSWER_TO_DISPUTE) % {"service": lists.label("service", one.service)}
    found = _task(label, "late", _("Late"), url=reverse("referral", args=[one.code]), hint=one.body)
    return {**found, "button": str(red.OPEN_REFERRAL)}


def asked_us(one: Sent) -> str:
    """What a desk asks the sender, who has to answer before they can."""
    question = referral.question_of_theirs(one.asks, one.body, one.region)
    return _("They ask you: %(question)s") % {"question": question}


def _ahead(file: File) -> list[Task]:
    """Who is expected today or tomorrow, and the planned step: the earlier day first, on one day the person."""
    step, tomorrow = _planned(file), timezone.localdate(file.now) + timedelta(days=1)
    comes = [(one.arrival_on, _expected(one, file)) for one in file.referrals if one.awaited and one.arrival_on]
    near = sorted((pair for pair in comes if pair[0] <= tomorrow), key=itemgetter(0))
    planned = file.case.next_step_on
    first = [task for day, task in near if planned is None or day <= planned]
    return [*first, step, *(task for _day, task in near if task not in first)]


def _expected(one: Sent, file: File) -> Task:
    """Who comes, when and to whom, with the way to where and at what hour: the person is told that."""
    label = arrival.say("expected_which", one.service, service=lists.label("service", one.service))
    at = (one.arrival_on, one.arrival_part, one.agreed_at)
    when = referral.part_of_day(*at, file.now, written=one.hour_written, opens=file.standing.works)
    tells = file.standing.works and one.live and one.person_told is None
    silent = not one.hour_written and is_untold_today(one, file)
    button = str(red.TELL_TIME if tells and not silent else red.OPEN_REFERRAL)
    opens = tells and one.hour_written
    url, hint = opened_hour(one.code) if opens else reverse("referral", args=[one.code]), one.body
    hint = f"{hint} · {red.NO_HOUR_CALL if tells else red.NO_HOUR}" if silent else hint
    if one.person_told is not None:
        told = _("the person was told %(when)s") % {"when": moments.moment(one.person_told, file.now)}
        hint = f"{hint} · {told}"
    look = "long" if one.hour_written else ""  # what is said beside it takes two lines
    return {**_task(label, "comes", "", url=url, hint=hint, when=when), "button": button, "look": look}


def is_untold_today(one: Sent, file: File) -> bool:
    """A bed or urgent help was accepted for today, and nobody has said that the person knows."""
    if not (one.awaited and one.live) or one.late or one.person_told is not None or one.arrival_on is None:
        return False
    today = one.arrival_on <= timezone.localdate(file.now)
    return today and (one.urgency == URGENT or one.service in kinds([PLACE]))


def _planned(file: File) -> Task:
    return {**_step(file), "planned": True}


def _step(file: File) -> Task:
    case, agreed = file.case, file.agreed
    url = reverse("edit_case", args=[case.code]) if file.standing.works else ""
    if child_alone.asks_in_vain(case, file.agreed):
        button = _("Choose the next step") if url else ""
        return {
            **_task(_("There is no next step"), "todo", "", url=url, hint=red.said_no(unheard=agreed.unheard)),
            "button": button,
        }
    if not case.next_step_code or case.next_step_on is None:
        hint = _("Every open case has a next step and its day.")
        late_since = is_unplanned(case, timezone.localdate(file.now)) and not in_peace(case, file.agreed)
        state = "late" if late_since else "todo"
        button = _("Choose the next step") if url else ""
        return {**_task(_("There is no next step"), state, "", url=url, hint=hint), "button": button}
    today = timezone.localdate(file.now)
    if case.next_step_code == "signs" and _signs_done(file) and case.next_step_on <= today:
        hint = _("The questions about the signs are finished.")
        button = _("Done, set the next step") if url else ""
        return {**_task(_("Choose the next step"), "todo", _("none"), url=url, hint=hint), "button": button}
    day = moments.week_day(case.next_step_on, today)
    state = "late" if case.next_step_on < today and not in_peace(case, file.agreed) else "todo"
    when = format_html('{}\N{NO-BREAK SPACE}· <a href="{}">{}</a>', day, url, _("Put it off")) if url else day
    hint = _("Planned before the person said no to everything. Does it still fit?") if _is_older(file) else ""
    of_step = lists.label("next_step", case.next_step_code)
    if url and _asks_first(file) and not child_alone.waits(case):
        asks = _task(of_step, state, "", url=reverse("consent", args=[case.code]), when=when, hint=hint)
        return {**asks, "button": _("Ask now")}
    if _asks_signs(file):
        hint = hint or (_("Not finished") if "draft" in file.screenings else "")
        asks = _task(of_step, state, "", url=reverse("screening", args=[case.code]), when=when, hint=hint)
        return {**asks, "button": _("Ask now")}
    found = _task(of_step, state, "", url=url and f"{url}?done=1", when=when, hint=hint)
    return {**found, "button": _("Done, set the next step") if url else ""}


def _is_older(file: File) -> bool:
    """Whether the step was planned before the person said no to everything, and the case was not written since."""
    case, said = file.case, file.agreed.askings
    written = case.edited_at or case.opened_at
    return file.standing.works and no_to_all(file.agreed) and written is not None and written < said[0].at


def _signs(file: File) -> Task | None:
    if "screening" not in file.standing.sections or _asks_signs(file):
        return None
    url = reverse("screening", args=[file.case.code])
    label = _("Signs of trafficking")
    if "draft" in file.screenings:
        # Also where the danger alone was asked, and nobody has looked at the signs.
        return _task(label, "doing", _("Not finished"), url=url)
    if "completed" in file.screenings:
        return _task(label, "done", _("Done"), url=url)
    return _task(label, "todo", _("Not started"), url=url, hint=_("When the person is ready; nothing is compulsory."))


def _decision(file: File) -> Task | None:
    case, label = file.case, _("Decision")
    url = reverse("decide", args=[case.code]) if file.standing.may("decide", case.state_code) else ""
    if case.decided_at is not None:
        day = moments.day(timezone.localdate(case.decided_at), timezone.localdate(file.now))
        # "Not yet decided", with a reason, leaves it open: whoever closes the case reads that too.
        state = ("todo", _("Not yet")) if case.decision_code == "not_yet" else ("done", _("Done"))
        return _task(label, *state, url=url, hint=f"{lists.label('decision', case.decision_code)} · {day}")
    if file.facts.holds("screening_done"):
        return _task(
            label, "todo", _("Not yet"), url=url, hint=_("A person decides, with a reason. Help does not wait.")
        )
    return _task(label, "blocked", _("After the signs"), hint=_("Help does not wait for it."))


def _said_above(file: File) -> bool:
    """Whether a supervisor reads in the alarms that consent has ended, with whom to tell."""
    return not file.standing.works and late(file.clocks.get("consent"), file.now)


def _agreement(file: File) -> Task:
    label = _("What may be shared with whom")
    url = reverse("consent", args=[file.case.code]) if file.standing.works else ""
    agreed = file.agreed
    if agreed.unsure:
        hint = _(
            "Somebody may have changed what the person said. Withdraw everything here together with "
            "the person, then ask again."
        )
        back = reverse("consent_withdraw", args=[file.case.code]) if url else ""
        return _task(label, "late", _("Cannot be confirmed"), url=back, hint=hint)
    again = _("Ask again") if url else _("The team asks again")
    states = {state for key, state in agreed.states.items() if not agreed.child_refused(*key)}
    if "expired" in states:
        return _task(label, "todo", again, url=url, hint=_over(agreed, part=bool(states & {*LIVE_STATES})))
    if "not_live" in states:
        hint = _("It is not valid yet: an adult who may speak and the child's own answer are needed.")
        hint = hint if agreed.child else asked_as_child()
        return _task(label, "todo", again, url=url, hint=hint)
    if agreed.asks_again or agreed.unheard:
        opened = _("The case was opened again: what the person was not asked about since then is not sent.")
        hint = f"{red.UNHEARD}." if agreed.unheard else opened
        asks = {"button": str(red.ASK_PERSON if agreed.unheard else red.ASK_PERSON_AGAIN)} if url else {}
        return {**_task(label, "todo", again, url=url, hint=hint), **asks}
    if file.agreed.asked_at is None:
        withdrew = any(one.withdrew for one in file.came_from)
        hint = _("Nothing leaves this case before the person says yes.")
        hint = _("Ask only in person, when you meet.") if withdrew else hint
        return _task(label, "todo", _("Not asked"), url=url, hint=hint)
    day = moments.day(timezone.localdate(file.agreed.asked_at), timezone.localdate(file.now))
    hint = _("Changed %(day)s") if agreed.withdrew_last else _("Last asked %(day)s")
    return _task(label, "done", _("Asked"), url=url, hint=hint % {"day": day})


def _over(agreed: Agreed, *, part: bool) -> str:
    """What has ended; of a `part` of all which. Of whom something else stands agreed, it says for what."""
    if not part:
        return _("The consent has ended.")
    ended = [key for key, state in agreed.states.items() if state == "expired"]
    stands = {kind for (kind, _of), state in agreed.states.items() if state in LIVE_STATES}
    named = (consented.row(key) if key[0] in stands else lists.label("recipient_kind", key[0]) for key in ended)
    return _("Not asked again: %(what)s") % {"what": lists.several(dict.fromkeys(named))}


def _referrals(file: File) -> Task | None:
    label = _("Referrals")
    may_refer = file.standing.works and file.case.state_code == "open" and not file.agreed.unsure
    url = reverse("case_refer", args=[file.case.code]) if may_refer else ""
    # After a no to it nobody is told to decide: it stands among the referrals, until the person raises it.
    if stopped := [one for one in file.referrals if one.stopped and not one.refused]:
        if unasked_emergency(file) is not None or not file.standing.works:
            return None  # above, with whom to tell, and among the referrals
        hint = _("Decide what comes next.")
        if len(stopped) == 1:
            return _still_without(stopped[0], file, hint)
        label_of = ngettext("%(n)d stopped", "%(n)d stopped", len(stopped)) % {"n": len(stopped)}
        return _task(label, "doing", label_of, url=url, hint=hint)
    if file.open_referrals:
        return None  # each stands under "Referrals", with its state
    if ready.is_ready(file):
        return _ready(file)
    state = ("done", _("None open")) if file.referrals else ("todo", _("None yet"))
    waits = child_alone.waits_still(file.case, file.agreed) or (file.case.is_child and file.agreed.asked_at is None)
    adult = _("Nothing can be sent until an adult answers for the child.")
    hint = adult if waits else _("Choose a service together with the person.")
    if file.agreed.all_unheard or (no_to_all(file.agreed) and not waits):  # a child's yes is not kept before that
        url, hint = "", _after_no(file)
    return {**_task(label, *state, url=url, hint=hint), "undated": True}


def _after_no(file: File) -> str:
    if file.agreed.unheard:
        return _("Nothing is sent until the person was asked.")
    return str(red.STOPPED_IN_DANGER if file.case.has_danger else red.STOPPED)


def unasked_emergency(file: File) -> Sent | None:
    """The emergency care that gave no help and of which nobody is asked since: an alarm, and red on Today."""
    asked = [one for one in file.referrals if one.service == EMERGENCY and one.visible_at is not None]
    last = max(asked, key=lambda one: one.visible_at or file.now, default=None)
    lacks = last is not None and last.stopped in ("declined", "unaccepted", "lapsed") and not last.refused
    return last if lacks and file.standing.works else None


def _ready(file: File) -> Task | None:
    """The way to close the case; where the help was not right, or only partly, to what was missing instead."""
    one, is_needed = ready.missing_of(file)
    if one is None:
        hint, url = _("If nothing more is to do, close the case."), reverse("close", args=[file.case.code])
        return {**_task(_("All referrals are finished"), "todo", "", url=url, hint=hint), "button": _("Close the case")}
    button, url = way_on(one, file) if file.standing.works else ("", "")
    row = _task(_("What was missing?"), "todo", "", url=url, hint=lists.label("service", one.service))
    return None if is_needed else {**row, "button": button}


def _still_without(one: Sent, file: File, hint: str) -> Task:
    """What Today says of it, with the button of that row."""
    button, url = way_on(one, file)
    said = _("Still without: %(service)s") % {"service": lists.label("service", one.service)}
    if is_safe := safe.beside(one, file):
        hint = capfirst(is_safe)
        said = safe_words.title(one.service) if one.live else said
    return {**_task(said, "doing", "", url=url, hint=hint), "button": button}


def way_on(one: Sent, file: File) -> tuple[str, str]:
    """The button of a referral that stopped, and where it leads: without a consent nobody else can be asked; where
    nobody else is listed, its page says whom to call; so after a no, which nobody asks about.
    """
    agrees = one.live and bool(safe.beside(one, file))  # another time: their page says whom to call
    if (one.live and one.nobody_else) or one.refused or agrees:
        return str(red.OPEN_REFERRAL), reverse("referral", args=[one.code])
    if one.live:
        return str(red.ASK_ANOTHER), reverse("referral_again", args=[one.code])
    return str(red.ASK_PERSON_AGAIN), reverse("consent", args=[file.case.code])


def _child(file: File) -> Task | None:
    case, label = file.case, _("Tell child protection")
    if not case.is_child:
        return None
    if case.told_child_protection_at is not None and "child" not in file.clocks:
        told = moments.moment(case.told_child_protection_at, file.now)
        done = _task(label, "done", _("Done"), hint=_("Told %(when)s") % {"when": told})
        return {**done, "back": child_contact.undone_at(file)}
    due = file.clocks.get("child")
    tells = due is None and file.standing.may("tell_child_protection", case.state_code)
    # Without a time limit no box above leads there; with one this row is no link (`_steps` of the page).
    url = reverse("tell_child_protection", args=[case.code]) if tells else "#child" if due is not None else ""
    over = tells and is_untold(case) and aim_of(case) <= file.now
    state = "late" if (over or late(due, file.now)) and file.told_there is None else "todo"
    when = moments.target(due, file.now) if due is not None else ""
    hint = _("Within 24 hours, in every case of a child.")
    if due is None and (there := child_told.there(file.told_there, file.now)):
        hint = f"{there}. {hint}"
    others = None if file.standing.may("tell_child_protection", case.state_code) else child_contact.to_others(file)
    hint = f"{hint} {others['text']}" if others else hint
    return _task(label, state, _("To do"), url=url, hint=hint, when=when)


def _age(file: File) -> Task | None:
    case = file.case
    unclear = case.age_band_code in ("unknown", "child_age_unknown", "adult_age_unknown")
    if not unclear or not file.standing.may("settle_age", case.state_code):
        return None
    url = reverse("settle_age", args=[case.code])
    return _task(
        _("Confirm the age"), "todo", _("Not known"), url=url, hint=_("Perhaps under 18: choose child, age not known.")
    )
