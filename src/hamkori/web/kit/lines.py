"""Templates are indented for who reads them; what is sent is not. The one loader, for pages and for forms."""

import re
from pathlib import Path

from django.template import Origin
from django.template.loaders import filesystem
from django.template.utils import get_app_template_dirs

INDENT = re.compile(r"^[ \t]+", re.M)
STEP = r"(?:load|extends|if|elif|else|endif|for|empty(?= %)|endfor|with|endwith|block|endblock)\b"
REST = r"(?:(?!%\})[^\n])*?"
SILENT = re.compile(rf"^((?:\{{% (?:{STEP}{REST}|{REST} as \w+ )%\}}[ \t]*)+)\n", re.M)
OPENS = r"<(?!(?:br|col|hr|img|input|link|meta|pre|textarea)\b)[a-z][^>]*>"
EDGE = re.compile(rf"({OPENS})\n|\n(?=(?:\{{% end\w+ %\}})*(?:</|\Z))")


def as_sent(text: str) -> str:
    """Without indentation, without lines that draw nothing (`if` and its kind, `... as x`), and without the breaks
    after the tag that opens an element and before the one that closes it.

    Every other break stays, as the one space that a browser makes of it; so does that after `<textarea>`, which a
    browser takes away in the place of one that was typed.
    """
    return EDGE.sub(r"\1", SILENT.sub(r"\1", INDENT.sub("", text)))


class Loader(filesystem.Loader):
    """Finds templates where the settings say, then where the applications keep theirs."""

    def get_dirs(self) -> list[str | Path]:
        """Both, in this order."""
        return [*super().get_dirs(), *get_app_template_dirs("templates")]

    def get_contents(self, origin: Origin) -> str:
        """The template as it is compiled."""
        return as_sent(super().get_contents(origin))
