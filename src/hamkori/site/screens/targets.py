"""What is pressed: whether a finger finds it, and whether a row of work leads to where it can be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from playwright.sync_api import Page

FINE, FINGER = 24, 44
"""Pixels that a target has at least, both ways: under a mouse (WCAG 2.5.8), under a finger (2.5.5)."""

# A link in a sentence is 24 high, under a finger too. What lies over a whole row counts as the row, a box as its label.
SMALL: Final = """(least) => {
  const pressed = "a[href], button, summary, select, textarea, input:not([type=hidden])";
  const one = (e) => {
    const after = getComputedStyle(e, "::after"), box = e.getBoundingClientRect();
    if (after.content !== "none" && after.position === "absolute") return e.closest("li, tr").getBoundingClientRect();
    if (!e.matches("input")) return box;
    const labels = [...(e.labels || [])].map((label) => one(label));
    const all = [box, ...labels.filter((other) => other.width > 1)];
    return {
      width: Math.max(...all.map((b) => b.right)) - Math.min(...all.map((b) => b.left)),
      height: Math.max(...all.map((b) => b.bottom)) - Math.min(...all.map((b) => b.top)),
    };
  };
  const words = (node) => node.textContent.replace(/\\s+/g, " ").trim();
  const inSentence = (e) => getComputedStyle(e).display === "inline" && !e.querySelector("svg")
    && words(e.parentElement).length > words(e).length + 2;
  return [...document.querySelectorAll(pressed)].filter((e) => {
    if (!e.checkVisibility({visibilityProperty: true}) || e.closest(".skip, .quiet-label, .cover, dialog:not([open])"))
      return false;
    if (e.disabled) return false;
    const box = one(e);
    if (inSentence(e)) return box.width > 1 && box.height < 23.5;
    return box.width > 1 && (box.height < least - .5 || box.width < least - .5);
  }).slice(0, 3).map((e) => {
    const box = one(e);
    return `${Math.round(box.width)} x ${Math.round(box.height)} px: ${e.outerHTML.slice(0, 90)}`;
  });
}"""
ROWS: Final = """() => [...document.querySelectorAll(
  "main .work:not(.still) :is(a.what, a.line), main .list a.item")].map((e) => {
  // What is read out beside a button, of several in one row, is not its name.
  const unseen = (node) => [...node.querySelectorAll(".quiet-label")].map((one) => one.textContent);
  const said = (node) => unseen(node).reduce((all, one) => all.replace(one, ""), node.textContent)
    .replace(/\\s+/g, " ").trim();
  const ends = [...(e.closest("li") || e).querySelectorAll(e.matches(".line") ? ".act .btn" : ".do .btn")];
  return [said(e), e.href, ends.map((one) => [said(one), one.form ? one.form.action : ""])];
})"""
HAS_BUTTON: Final = """([fragment, ends]) => {
  const place = fragment ? document.getElementById(fragment) : document.querySelector("main");
  // A choice that draws the rest of its form at one press, as that of a service does, counts as its button.
  const pressed = "form[method=post] :is(button, input[type=submit], input[type=radio]), a.btn";
  const address = (e) => e.form ? (e.hasAttribute("formaction") ? e.formAction : e.form.action) : e.href;
  const act = (e) => new URL(address(e), document.baseURI).pathname.split("/").filter(Boolean).pop();
  // "Refer" stands at the top of every case, whatever its row on Today is about.
  return !!place && [...place.querySelectorAll(pressed)].some(
    (e) => (fragment || !e.matches(".strip > .push")) && (!ends.length || ends.includes(act(e))));
}"""
OF_A_CASE: Final = (
    *("looked_for", "danger", "help_said", "place-found", "place-which", "place-reached", "place-needed", "settle_age"),
    *("ask-alone", "consent", "screening", "edit", "close", "reopen", "release", "tell_lead", "tell_child_protection"),
)
"""What is done about a person on the page of their case. A part that is opened there, and "Refer", end no row."""
OF_A_REFERRAL: Final = (
    *("call", "call_sender", "hear", "arrange", "tell_person", "warn_person", "answer", "again", "settle", "confirm"),
    *("accept", "decline", "ask", "serve", "miss", "finish", "amend", "looked_for", "tell_lead"),
    *("recall", "edit", "refer", "place-found", "place-which", "place-reached", "place-needed"),
)
"""What is done on the page of a referral. That the person wants it ended stands on each of them, and ends no row."""
ENDED_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "A place was found": ("place-found", "place-which"),
    "Ask a doctor": ("refer",),
    "Ask again": ("consent",),
    "Ask an organisation": ("refer",),
    "Ask another organisation": ("refer", "again"),
    "Ask now": ("consent", "screening"),
    "Ask the person": ("consent",),
    "Ask the person again": ("consent",),
    "Cancel this one": ("recall",),
    "Called again": ("call",),
    "Choose the next step": ("edit",),
    "Confirm the arrival": ("serve",),
    "Done, set the next step": ("edit",),
    "Look at the result": ("amend",),
    "Open the case": OF_A_CASE,
    "Go on writing": ("send", "edit"),
    "Open the referral": OF_A_REFERRAL,
    "Open the registration": ("register",),
    "Open this part": ("add",),
    "Read and answer": ("accept", "decline"),
    "Read the hour": ("hear", ""),
    "Read the question": ("answer", "unshare"),
    "Record the number": ("phone",),
    "Say how it ended": ("finish",),
    "Say how it was": ("confirm",),
    "Say that they were told": ("tell_child_protection",),
    "Say that you called": ("call",),
    "Say what you know": ("hear", "serve", "miss", "place-reached", "place-needed", "settle", "edit", "close"),
    "Say whether they came": ("serve",),
    "See whom to call": ("tell_child_protection", "ask-alone", "called", "consent", "edit"),
    "Tell the person the time": ("hear", ""),
    "Write what is needed now": ("edit",),
}
"""What a row's button says, and what is pressed on the page of the row to do it, by the last word of its address. A
button that acts in the row acts there too."""
OF_ONE_MORE_TIME: Final = ("again",)
"""What ends a row whose button names the organisation that is asked once more."""


class Row(NamedTuple):
    """A row of work: what it says, the page that it opens, and the last words of the addresses that end it there."""

    what: str
    address: str
    ends: tuple[str, ...] | None  # None: a button that ENDED_BY does not know


def small(page: Page, least: int) -> list[str]:
    """The first three targets that are smaller, with their size."""
    found: list[str] = page.evaluate(SMALL, least)
    return found


def rows(page: Page) -> list[Row]:
    """The rows of work on a page. News ask for nothing."""
    return [Row(str(what), str(address), _ends(buttons)) for what, address, buttons in page.evaluate(ROWS)]


def _ends(buttons: list[tuple[str, str]]) -> tuple[str, ...] | None:
    acts = [urlsplit(action).path.rstrip("/").rpartition("/")[2] for _said, action in buttons if action]
    for said in (said for said, action in buttons if not action):
        known = ENDED_BY.get(said, OF_ONE_MORE_TIME if said.startswith("Ask ") and said.endswith(" again") else None)
        if known is None:
            return None
        acts += known
    return tuple(acts)


def has_button(page: Page, fragment: str = "", ends: Sequence[str] = ()) -> bool:
    """Whether one of these acts can be pressed on it, or in that part of it; without `ends` anything.

    Of a case that is more than "Refer" at its top.
    """
    return bool(page.evaluate(HAS_BUTTON, [fragment, list(ends)]))
