"""The words of Hamkori: YAML code lists, loaded and checked when this package is imported.

A broken list stops the boot. Every entry keeps its source and its *unverified* or *provisional* mark, so that the
interface can say so. Labels are never stored elsewhere: the database holds codes. Pure: no Django.
"""

from collections.abc import Mapping

from hamkori.vocabulary.entries import CodeList, Entry
from hamkori.vocabulary.loading import load_all, read

_LISTS = load_all()

__all__ = [
    "CodeList",
    "Entry",
    "areas",
    "codelist",
    "indicators",
    "list_names",
    "regions",
    "screening_sets",
    "stage_1_rule",
]


def codelist(name: str) -> CodeList:
    """The list of that name. Unknown name: KeyError."""
    try:
        return _LISTS[name]
    except KeyError:
        raise KeyError(f"no code list {name!r}") from None


def list_names() -> tuple[str, ...]:
    """The names of all lists, sorted."""
    return tuple(sorted(_LISTS))


def indicators() -> CodeList:
    """The operational indicators; `data` holds `dimension` (two letters) and `strength` by set (S, M, W or None)."""
    return codelist("indicator")


def regions() -> CodeList:
    """The five regions."""
    return codelist("region")


def areas(region: str | None = None) -> tuple[Entry, ...]:
    """Cities and districts, of one region or of all; `data["parent"]` is the region, `former_names` the old names."""
    return tuple(entry for entry in codelist("area") if region is None or entry.data["parent"] == region)


def screening_sets() -> Mapping[str, Mapping[str, object]]:
    """The sets AL, CL, AS and CS: age, exploitation, count and, for the sexual ones, `unverified`."""
    sets: Mapping[str, Mapping[str, object]] = read("operational_indicators")["sets"]
    return sets


def stage_1_rule() -> tuple[Mapping[str, int], ...]:
    """When a dimension counts as positive: any one of these minimum counts of signs that are present."""
    return tuple(read("operational_indicators")["assessment_rule"]["stage_1_dimension_positive_if_at_least_one"])
