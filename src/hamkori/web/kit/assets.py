"""Builds the files that pages ask for: four style sheets, one script, one sprite of icons, two cuts of the typeface.

Sources lie in `web/kit/`; what is built goes to `web/static/hamkori/`, where Django's static files find it, and is
never in the repository. The launcher calls `build` before it serves; nothing happens when nothing changed. Run by hand:
`python -m hamkori.web.kit.assets`.
"""

import hashlib
import json
import logging
import re
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree as ET  # nosec B405
from zipfile import ZipFile

from hamkori.web.kit.icons import ICONS

KIT = Path(__file__).resolve().parent
BUILT = KIT.parent / "static" / "hamkori"

# The order is the cascade: what stands later wins.
SHEETS = ("tokens", "base", "shell", "form", "data", "public", "sizes", "work", "asking", "consent", "print")
GUIDE = (*SHEETS, "answers", "lines", "steps", "guide")  # the page that shows the components
# What a page of strangers asks for: without what only lists of work and forms of a case need.
DOOR = tuple(name for name in SHEETS if name not in ("work", "asking", "consent"))
ANSWERS = ("answers",)  # what the page of the consent alone asks for, after all the others
LINES = ("lines",)  # the same of Today
STEPS = ("steps",)  # the same of the six steps of a new case, and of the page that asks another organisation
# Staff pages load all of these as one file; public pages load `leave` alone, second step and unlock `sign` alone.
# `draft` before `page`: a press that waits for the typing to be kept is not yet sent.
SCRIPTS = ("sign", "draft", "page", "time", "cover", "keys")

WEIGHTS = (400, 600)
# Latin with French and Uzbek letters, Russian, the twelve Tajik letters, Uzbek Cyrillic, and the signs that pages use.
LETTERS = (
    "".join(map(chr, range(0x20, 0x7F)))
    + "\xa0«»“”„‘’ʻʼ–—…·•×−≤≥°№→€"
    + "ÀÂÆÇÈÉÊËÎÏÔŒÙÛÜŸàâæçèéêëîïôœùûüÿ"
    + "".join(map(chr, range(0x410, 0x450)))
    + "ЁёЂђЃѓЇїЌќЉљЊњЎў"
    + "ҒғӢӣҚқӮӯҲҳҶҷ"
)
# Holds "18-29" together in a narrow column. Onest has none: it looks as the hyphen does.
UNBREAKABLE_HYPHEN = "\u2011"
# Kerning and the marks' places stay. Tabular figures go: Onest's tabular 1 is wide and breaks codes and times.
FEATURES = ("kern", "mark", "mkmk", "ccmp", "locl", "liga", "calt")


def build(target: Path = BUILT) -> bool:
    """Write what is missing or out of date; true if anything was written.

    Each file is put in place whole, so two builders at once do no harm.
    """
    state = target / "built.json"
    known = _read(state)
    wanted = {name: _digest(parts) for name, (parts, _) in _plan().items()}
    stale = [name for name in wanted if known.get(name) != wanted[name] or not (target / name).exists()]
    if not stale:
        return False
    target.mkdir(parents=True, exist_ok=True)
    for name in stale:
        _put(target / name, _plan()[name][1]())
    _put(state, json.dumps(wanted, indent=1).encode())
    return True


def _plan() -> dict[str, tuple[list[bytes], Callable[[], bytes]]]:
    """Built file -> what it is made of (for its digest) and how."""
    bundles = (SHEETS, DOOR, GUIDE, ANSWERS, LINES, STEPS)
    sheets, door, guide, answers, lines, steps = ([KIT / "css" / f"{name}.css" for name in names] for names in bundles)
    scripts = [KIT / "js" / f"{name}.js" for name in SCRIPTS]
    leave, sign = [KIT / "js" / "leave.js"], [KIT / "js" / "sign.js"]
    mark = KIT / "mark.svg"
    plan: dict[str, tuple[list[bytes], Callable[[], bytes]]] = {
        "kit.css": (_contents(sheets), lambda: style(sheets)),
        "door.css": (_contents(door), lambda: style(door)),
        "guide.css": (_contents(guide), lambda: style(guide)),
        "answers.css": (_contents(answers), lambda: style(answers)),
        "lines.css": (_contents(lines), lambda: style(lines)),
        "steps.css": (_contents(steps), lambda: style(steps)),
        "kit.js": (_contents(scripts), lambda: script(scripts)),
        "leave.js": (_contents(leave), lambda: script(leave)),
        "sign.js": (_contents(sign), lambda: script(sign)),
        "mark.svg": (_contents([mark]), mark.read_bytes),
        "icons.svg": ([version("lucide").encode(), repr(ICONS).encode()], sprite),
    }
    for weight in WEIGHTS:
        made_of = [
            version("fontpkg-onest").encode(),
            version("fonttools").encode(),
            LETTERS.encode(),
            repr(FEATURES).encode(),
        ]
        plan[f"onest-{weight}.woff2"] = (made_of, partial(typeface, weight))
    return plan


def style(sheets: list[Path]) -> bytes:
    """All sheets in their order, without comments and idle space."""
    text = "\n".join(sheet.read_text() for sheet in sheets)
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    # A string may hold any of the signs below, so it is set aside first.
    strings: list[str] = []

    def aside(found: re.Match[str]) -> str:
        strings.append(found[0])
        return f"\x00{len(strings) - 1}\x00"

    text = re.sub(r'"[^"\n]*"', aside, text)
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"\s*([{};,>])\s*", r"\1", text)
    text = re.sub(r":\s+", ":", text).replace(";}", "}")
    return re.sub(r"\x00(\d+)\x00", lambda found: strings[int(found[1])], text).strip().encode()


def script(scripts: list[Path]) -> bytes:
    """The modules one after another, each in a block of its own, without whole-line comments and indentation."""
    blocks = []
    for module in scripts:
        lines = (line.strip() for line in module.read_text().splitlines())
        blocks.append("{\n" + "\n".join(line for line in lines if line and not line.startswith("//")) + "\n}")
    return "\n".join(blocks).encode()


def sprite() -> bytes:
    """Every icon of `ICONS` as a symbol; colour and stroke come from the page's style."""
    ET.register_namespace("", "http://www.w3.org/2000/svg")
    root = ET.Element("{http://www.w3.org/2000/svg}svg")
    with (files("lucide") / "lucide.zip").open("rb") as archive, ZipFile(archive) as drawings:
        for word, name in ICONS.items():
            drawing = ET.fromstring(drawings.read(f"{name}.svg"))  # nosec B314 - our own installed package of icons
            symbol = ET.SubElement(root, "{http://www.w3.org/2000/svg}symbol", id=word, viewBox="0 0 24 24")
            symbol.extend(drawing)
    for node in root.iter():
        node.tail = node.text = None
    return ET.tostring(root)


def typeface(weight: int) -> bytes:
    """Onest at one weight, cut to our letters, as woff2."""
    # Loaded here: the library is large and pages never need it.
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    for name in ("fontTools.subset", "fontTools.varLib", "fontTools.ttLib"):
        logging.getLogger(name).setLevel(logging.ERROR)
    font = TTFont(str(files("fontpkg_onest") / "files" / "Onest[wght].ttf"))
    cut = Subsetter(
        Options(layout_features=list(FEATURES), hinting=False, notdef_outline=True, name_IDs=[1, 2, 13, 14])
    )
    cut.populate(text=LETTERS)
    cut.subset(font)
    for table in font["cmap"].tables:
        table.cmap[ord(UNBREAKABLE_HYPHEN)] = table.cmap[ord("-")]
    font = instantiateVariableFont(font, {"wght": weight}, inplace=True)
    font.flavor = "woff2"
    out = BytesIO()
    font.save(out)
    return out.getvalue()


def _contents(paths: list[Path]) -> list[bytes]:
    return [path.read_bytes() for path in paths]


def _digest(parts: list[bytes]) -> str:
    """Also of this file: whoever changes how a file is made gets it made anew."""
    return hashlib.sha256(b"\x00".join([Path(__file__).read_bytes(), *parts])).hexdigest()


def _read(state: Path) -> dict[str, str]:
    try:
        found = json.loads(state.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _put(path: Path, content: bytes) -> None:
    with TemporaryDirectory(dir=path.parent, prefix=".") as beside:
        draft = Path(beside) / path.name
        draft.write_bytes(content)
        draft.chmod(0o644)
        draft.replace(path)


if __name__ == "__main__":
    build()
