"""Spellings made equal for search: Tajik letters, letters of old fonts, Russian and Latin writings of one sound.

The walls hold the same as the SQL function `tj_fold`, which the search column is made with; a test compares the two.
Over-matching is accepted: rights filter first. Rules: design note on languages, transliteration search.
"""

import re
import unicodedata

OLD_FONTS = str.maketrans("ѓќљњўї", "ғқҷҳӯӣ")
SILENT = str.maketrans("", "", "ъьʻʼ’'`.")
PAIRS = (
    ("дж", "j"),
    ("dzh", "j"),
    ("dj", "j"),
    ("ch", "j"),
    ("zh", "j"),
    ("kh", "h"),
    ("gh", "g"),
    ("sh", "s"),
    ("ts", "s"),
    ("ё", "ia"),
    ("я", "ia"),
    ("ю", "iu"),
)
LETTERS = str.maketrans(
    "абвгғдежзиӣйкқлмнопрстуӯфхҳцчҷшщыэcoqwxy",
    "abvggdejziiikklmnaprstuufhhsjjssiekakvhi",
)


def fold(text: str) -> str:
    """The text as search compares it: small Latin letters and digits, single blanks between words."""
    folded = unicodedata.normalize("NFC", text).lower().translate(OLD_FONTS).translate(SILENT)
    for written, read in PAIRS:
        folded = folded.replace(written, read)
    folded = re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFD", folded))
    folded = re.sub(r"[^a-z0-9]+", " ", folded.translate(LETTERS))
    return re.sub(r"([a-z])\1+", r"\1", folded).strip()


def words(text: str) -> list[str]:
    """The words to look for, at most eight: each must begin some word of what is found."""
    return fold(text).split()[:8]
