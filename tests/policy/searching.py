"""Finding a planted word in bytes, however it was written down: encodings, escapes, and inside gz and zip."""

from __future__ import annotations

import base64
import io
import quopri
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from functools import cache

LATIN, CYRILLIC = "KANARSANG", "Қанорсангӣ"
DEPTH = 3


@cache
def patterns() -> dict[str, bytes]:
    """Every way in which one of the two words may stand somewhere."""
    found: dict[str, bytes] = {}
    for name, word in (("latin", LATIN), ("cyrillic", CYRILLIC)):
        text = word.encode()
        found[f"{name} raw"] = text
        found[f"{name} utf-16-le"] = word.encode("utf-16-le")
        found[f"{name} utf-16-be"] = word.encode("utf-16-be")
        found[f"{name} hex"] = text.hex().encode()
        found[f"{name} HEX"] = text.hex().upper().encode()
        found[f"{name} percent"] = "".join(f"%{byte:02x}" for byte in text).encode()
        found[f"{name} PERCENT"] = "".join(f"%{byte:02X}" for byte in text).encode()
        for shift in range(3):
            # What stands before shifts the letters; the first and the last may be another's.
            found[f"{name} base64 {shift}"] = base64.b64encode(b"\0" * shift + text)[4 if shift else 0 : -4]
    found["cyrillic json"] = CYRILLIC.encode("unicode_escape")
    found["cyrillic html"] = "".join(f"&#{ord(letter)};" for letter in CYRILLIC).encode()
    found["cyrillic quoted"] = quopri.encodestring(CYRILLIC.encode()).strip()
    found["cyrillic python bytes"] = repr(CYRILLIC.encode())[2:-1].encode()
    return found


def find(haystack: bytes, depth: int = DEPTH) -> set[str]:
    """How the words stand in it; empty if they do not."""
    found = {name for name, pattern in patterns().items() if pattern in haystack}
    if depth:
        for inside in _packed(haystack):
            found |= {f"packed {name}" for name in find(inside, depth - 1)}
    return found


def _packed(haystack: bytes) -> Iterator[bytes]:
    at = haystack.find(b"\x1f\x8b\x08")
    while at >= 0:
        with suppress(zlib.error):
            yield zlib.decompressobj(wbits=31).decompress(haystack[at:])
        at = haystack.find(b"\x1f\x8b\x08", at + 1)
    at = haystack.find(b"PK\x03\x04")
    if at >= 0:
        with suppress(zipfile.BadZipFile), zipfile.ZipFile(io.BytesIO(haystack[at:])) as packed:
            for name in packed.namelist():
                yield packed.read(name)
