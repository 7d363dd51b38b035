"""What is wrong with a page that is shown: questions to the browser, each with the elements that answer it."""

from __future__ import annotations

import re
from functools import cache, partial
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from babel.messages.pofile import read_po
from playwright.sync_api import Page

from hamkori.vocabulary import codelist

HOUSE = Path(__file__).resolve().parents[2]
SIDEWAYS = """() => {
  const wide = document.documentElement.clientWidth;
  const page = document.documentElement.scrollWidth;
  if (page > wide) return [`the page is ${page} px wide`];
  return [...document.querySelectorAll("body *")].filter((e) => {
    const box = e.getBoundingClientRect();
    if (box.width <= 1 || box.right <= wide + 1 || !e.checkVisibility()) return false;  // not in what is folded
    return !e.closest(".scroll, .quiet-label, .skip, dialog:not([open])");
  }).slice(0, 3).map((e) => e.outerHTML.slice(0, 100));
}"""
CLIPPED = """() => [...document.querySelectorAll("body *")].filter((e) => {
  if (!e.innerText || e.closest(".scroll, .quiet-label, .skip, .cover, [hidden], select, textarea, svg")) return false;
  const box = e.getBoundingClientRect();
  if (box.width < 3 || box.height < 3) return false;  // only for who listens
  const style = getComputedStyle(e);
  if (style.display === "inline" || style.display === "contents") return false;
  const cut = (flow) => flow === "hidden" || flow === "clip";
  if (cut(style.overflowX) && e.scrollWidth > e.clientWidth + 1) return true;
  if (cut(style.overflowY) && e.scrollHeight > e.clientHeight + 3) return true;
  return e.matches(".btn, .tag, .code, button, label.choice, th, td") && e.scrollWidth > e.clientWidth + 2;
}).slice(0, 3).map((e) => e.outerHTML.slice(0, 100))"""
SQUEEZED = """() => [...document.querySelectorAll("main *")].filter((e) => {
  const own = [...e.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data.trim()).join("");
  if (own.length < 6 || e.closest(".quiet-label, [hidden], select, svg")) return false;
  const box = e.getBoundingClientRect(), line = parseFloat(getComputedStyle(e).fontSize);
  return box.width > 3 && box.width < 3 * line && box.height > 3.5 * line;
}).slice(0, 3).map((e) => e.outerHTML.slice(0, 100))"""
BROKEN = """() => {
  const found = [], room = window.innerWidth - 60;  // without the edges of the page, of a card and of a button
  const words = (e) => [...e.childNodes].filter((n) => n.nodeType === 3).flatMap(
    (n) => [...n.data.matchAll(/[^ \\n\\t\\u00ad\\u2011\\u2013/-]+/gu)].map((m) => [n, m.index, m[0]]));
  const those = "main :is(h1, h2, h3, .btn, button, summary, legend, .what, .tag, th)";
  for (const e of document.querySelectorAll(`${those}, ${those} *`)) {
    if (e.closest(".quiet-label, [hidden], select, textarea, svg") || !e.checkVisibility()) continue;
    if (e.getBoundingClientRect().width < 3) continue;  // only for who listens
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = getComputedStyle(e).font;
    for (const [node, at, word] of words(e)) {
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + word.length);
      const lines = new Set([...range.getClientRects()].filter((b) => b.width > 0).map((b) => Math.round(b.top)));
      if (lines.size > 1 && pen.measureText(word).width <= room) found.push(`${word}: ${e.outerHTML.slice(0, 80)}`);
    }
  }
  return found.slice(0, 3);
}"""
THIN = """() => [...document.querySelectorAll("main:not(.alone) > form, main:not(.alone) > .card")].filter((e) => {
  const box = e.getBoundingClientRect(), main = e.parentElement, style = getComputedStyle(main);
  const room = main.clientWidth - parseFloat(style.paddingInlineStart) - parseFloat(style.paddingInlineEnd);
  return box.width > 3 && e.checkVisibility() && box.width < room - 1;
}).slice(0, 3).map((e) => `${Math.round(e.getBoundingClientRect().width)} px: ${e.outerHTML.slice(0, 90)}`)"""
CUT = """() => [...document.querySelectorAll("main input[placeholder], main select")].filter((e) => {
  const said = e.matches("select") ? e.selectedOptions[0]?.text : e.value || e.placeholder;
  if (!said || e.clientWidth < 3 || !e.checkVisibility() || e.closest(".quiet-label")) return false;
  const style = getComputedStyle(e), pen = document.createElement("canvas").getContext("2d");
  pen.font = style.font;
  const room = e.clientWidth - parseFloat(style.paddingInlineStart) - parseFloat(style.paddingInlineEnd);
  const high = e.clientHeight - parseFloat(style.paddingBlockStart) - parseFloat(style.paddingBlockEnd);
  const lines = style.fieldSizing === "content" ? Math.max(1, Math.floor(high / parseFloat(style.lineHeight))) : 1;
  return pen.measureText(said).width > lines * room + 1;
}).slice(0, 3).map((e) => e.outerHTML.slice(0, 100))"""
COVERED = """() => {
  const stays = (e) => ["fixed", "sticky"].includes(getComputedStyle(e).position) && e.checkVisibility();
  const all = [...document.querySelectorAll("body *")].filter((e) => stays(e) && !e.closest(".skip, .cover, thead"));
  const high = all.map((e) => e.getBoundingClientRect()).filter((box) => box.width > window.innerWidth / 2)
    .reduce((sum, box) => sum + box.height, 0);
  return high > window.innerHeight / 3 ? [`${Math.round(high)} of ${window.innerHeight} px stay in place`] : [];
}"""
TEXTS = """() => {
  const found = [], seen = (e) => !e.closest("script, style, [lang]:not(html), textarea, .code, [hidden]");
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode.data.replace(/\\s+/g, " ").trim();
    if (text && seen(walk.currentNode.parentElement)) found.push(text);
  }
  for (const name of ["aria-label", "placeholder", "alt", "title"])
    for (const e of document.querySelectorAll(`[${name}]`)) if (seen(e)) found.push(e.getAttribute(name).trim());
  return [document.title.trim(), ...found];
}"""
HOLE = re.compile(r"%\((\w+)\)[sd]|\{\w*\}|%[sd]")
LATIN = re.compile(r"[A-Za-z]{3,}")
OUR_NAME = {"Hamkori"}
LISTS = (
    *("need_tonight", "sex", "age_band", "service", "service_group", "urgency", "referral_state", "case_state"),
    *("decline_reason", "recall_reason", "packet_section", "recipient_kind", "purpose", "region", "area", "role"),
    *("worker_function", "next_step", "referral_result", "part_of_day", "question_code", "answer_code", "her_view"),
    *("how_given", "how_said", "local_prompt", "indicator", "consent_state", "decision"),
)


# Each is asked of a page, and answers with the first three of what it finds.
sideways = partial(Page.evaluate, expression=SIDEWAYS)  # what makes a reader scroll sideways
clipped = partial(Page.evaluate, expression=CLIPPED)  # text that is cut off, or sticks out of its button
squeezed = partial(Page.evaluate, expression=SQUEEZED)  # text in a column so narrow that it stands letter by letter
broken = partial(Page.evaluate, expression=BROKEN)  # a word in two lines that one would hold
thin = partial(Page.evaluate, expression=THIN)  # a form or a card that leaves a part of its page empty
cut = partial(Page.evaluate, expression=CUT)  # a field too narrow for its hint, or for what is chosen in it

covered = partial(Page.evaluate, expression=COVERED)  # what stays in place and leaves too little room to read


def barriers(page: Page) -> list[str]:
    """What axe finds."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:110]}" for one in found]


def untranslated(page: Page, language: str) -> list[str]:
    """English that stands on a page of another language: a source string of ours, or the label of a code."""
    known, patterns = english(language)
    found = []
    for text in page.evaluate(TEXTS):
        if not LATIN.search(text) or text in OUR_NAME:
            continue
        if text in known or any(pattern.fullmatch(text) for pattern in patterns):
            found.append(text[:80])
    return sorted(set(found))


@cache
def english(language: str) -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
    """Source strings that this language says otherwise, as whole texts and, with holes, as patterns."""
    whole: set[str] = set()
    patterns: list[re.Pattern[str]] = []
    for catalogue in sorted(HOUSE.rglob(f"locale/{language}/LC_MESSAGES/django.po")):
        with catalogue.open("rb") as handle:
            for message in read_po(handle):
                sources = (message.id,) if isinstance(message.id, str) else tuple(message.id)
                translated = message.string if isinstance(message.string, str) else " ".join(message.string or ())
                for source in sources:
                    if source and source != translated and LATIN.search(HOLE.sub("", source)):
                        _keep(source, whole, patterns)
    for name in LISTS:
        listed = codelist(name)
        for code in listed.codes:
            if listed.label(code, language) != listed.label(code, "en"):
                whole.add(listed.label(code, "en"))
    return frozenset(whole), tuple(patterns)


def _keep(source: str, whole: set[str], patterns: list[re.Pattern[str]]) -> None:
    plain = " ".join(source.replace("%%", "%").split())
    if not HOLE.search(plain):
        whole.add(plain)
        return
    parts = [re.escape(part) for part in HOLE.sub("\0", plain).split("\0")]
    if sum(len(LATIN.findall(part)) for part in parts) >= 1:
        patterns.append(re.compile(".+?".join(parts)))
