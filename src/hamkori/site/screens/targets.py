"""What is pressed: whether a finger finds it, and whether a row of work leads to where it can be done."""

from __future__ import annotations

from typing import Final

from playwright.sync_api import Page

FINE, FINGER = 24, 44
"""Pixels that a target has at least, both ways: under a mouse (WCAG 2.5.8), under a finger (2.5.5)."""

# A link in a sentence is as high as its line. What lies over a whole row counts as the row, a box as its label.
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
    if (e.disabled || inSentence(e)) return false;
    const box = one(e);
    return box.width > 1 && (box.height < least - .5 || box.width < least - .5);
  }).slice(0, 3).map((e) => {
    const box = one(e);
    return `${Math.round(box.width)} x ${Math.round(box.height)} px: ${e.outerHTML.slice(0, 90)}`;
  });
}"""
ROWS: Final = """() => [...document.querySelectorAll("main .work:not(.still) a.what, main .list a.item")]
  .map((e) => [e.textContent.replace(/\\s+/g, " ").trim(), e.href])"""
HAS_BUTTON: Final = """(fragment) => {
  const place = fragment ? document.getElementById(fragment) : document.querySelector("main");
  const pressed = "form[method=post] button, form[method=post] input[type=submit], a.btn";
  // "Refer" stands at the top of every case, whatever its row on Today is about.
  return !!place && [...place.querySelectorAll(pressed)].some((e) => fragment || !e.matches(".strip > .push"));
}"""


def small(page: Page, least: int) -> list[str]:
    """The first three targets that are smaller, with their size."""
    found: list[str] = page.evaluate(SMALL, least)
    return found


def rows(page: Page) -> list[tuple[str, str]]:
    """The rows of work on a page: what each says, and the address that it opens. News ask for nothing."""
    return [(str(what), str(address)) for what, address in page.evaluate(ROWS)]


def has_button(page: Page, fragment: str = "") -> bool:
    """Whether there is something to press on it, or in that part of it: of a case, more than "Refer" at its top."""
    return bool(page.evaluate(HAS_BUTTON, fragment))
