"""What is to do in a case after what is late: what is due, what is planned, what has no day; and what is done."""

from __future__ import annotations

from typing import Any, Final

from hamkori.casework.work.queries.case_page import File
from hamkori.web.cases import age_changed
from hamkori.web.cases.alarm import PLAN, Alarm
from hamkori.web.cases.tasks import Task, tasks

LOOKS: Final = {
    "comes": ("", "referrals"),
    "late": ("late", "late"),
    "blocked": ("still", "waiting"),
    "doing": ("", "now"),
    "todo": ("", "unasked"),
}
"""State of a step -> the tint of its mark, and the mark."""
ASKS: Final = (
    "child_calls",
    "call_off",
    "place_found",
    "place_still",
    "place_lost",
    "stayed",
    "is_there",
    "sleeps_here",
    "one_place",
    "night_shift",
    "last_night",
    "said_twice",
    "doctor_came",
    "said_safe",
    "put_right",
    "age_there",
)
"""What of the page stands in the same card: it is asked there, or to be told by telephone."""
ASK: Final = "ask_agreement"
"""The plan to ask what may be shared with whom."""
Steps = dict[str, list[dict[str, Any]]]


def has_any(page: dict[str, Any]) -> bool:
    """Whether the card has anything to show: of a closed case what goes on is seldom something."""
    rows = page["steps"] or {}
    return bool(page["alarms"]) or any(rows.values()) or any(page.get(name) for name in ASKS)


def steps(file: File, late: list[Alarm], *, told: bool = False) -> Steps:
    """What is to do, without what stands above with its button; what has no day, and what is done, folded. `told`: that
    child protection is to be told stands there, with whom to call.
    """
    above = {url.partition("?")[0] for url in leads(late)}
    above |= {"#child"} if told or any(one.get("id") == "child" for one in late) else set()
    # Who is to be asked again, since the age was put right, is asked there: that is the plan.
    asks_again = file.standing.works and file.case.next_step_code == ASK and bool(age_changed.box(file))
    found: Steps = {"todo": [], "undated": [], "done": []}
    for task in tasks(file):
        if _stands_above(task, above, late) or (asks_again and task.get("planned")):
            continue
        tone, mark = LOOKS.get(task["state"], ("", "now"))
        task |= {
            "url": None if task["url"] == "#child" else task["url"] or None,
            "ico": tone,
            "icon": "calendar" if task.get("planned") else mark,
            "tone": "late" if task["state"] == "late" else task.get("look", ""),
            "shown": task["when"] or task["state_label"],
            "button": task.get("button", ""),
        }
        place = "undated" if task.get("undated") else "todo"
        found["done" if task["state"] == "done" else place].append(task)
    return found


def _stands_above(task: Task, above: set[str], late: list[Alarm]) -> bool:
    """Whether a box above leads where this does. What is planned shares its page with what is needed: it stands above
    where the box is about the plan itself; a supervisor's box of that has no address. What names a need stands beside
    a box that leads to the same choice for another one, as on Today.
    """
    if task.get("planned") and any(one.get("id") == PLAN for one in late):
        return True
    if not task["url"] or task.get("named"):
        return False
    return task["url"] in leads(late) if task.get("planned") else task["url"].partition("?")[0] in above


def leads(late: list[Alarm]) -> set[str]:
    """Where what is late leads, with all its buttons."""
    return {one["url"] for box in late for one in (box, box["then"], box["also"]) if one and one["url"]}


def opened_by(found: Steps | None) -> set[str]:
    """Where the steps lead that are still to do."""
    rows = [*found["todo"], *found["undated"]] if found is not None else []
    return {one["url"] for one in rows if one["url"]}
