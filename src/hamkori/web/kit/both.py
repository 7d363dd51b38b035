"""Two people answered the same: both answers side by side, nothing chosen (`{% two_versions %}`)."""

from collections.abc import Collection
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

MINE, THEIRS = "mine", "theirs"


def pair(
    field: str, legend: object, mine: object, theirs: object, *, who: str, when: str = "", missing: Collection[str] = ()
) -> dict[str, Any]:
    """One answer of which there are two. `missing`: where one of them must still be taken."""
    return {
        "field": field,
        "name": f"keep_{field}",
        "legend": legend,
        "mine": {"value": mine},
        "theirs": {"value": theirs, "who": who, "when": when},
        "error": _("Choose one of the two.") if field in missing else "",
    }


def taken(sent: QueryDict) -> set[str]:
    """Fields whose other answer was taken over one's own."""
    return {name.removeprefix("keep_") for name in sent if name.startswith("keep_") and sent[name] == THEIRS}


def unchosen(sent: QueryDict) -> set[str]:
    """Fields that stood there twice, and of which neither answer was taken."""
    return {name for name in sent.getlist("choose") if sent.get(f"keep_{name}") not in (MINE, THEIRS)}
