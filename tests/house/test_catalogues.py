"""Every string of the product is there in every language, and Django sees it."""

import re

from hamkori.site.catalogues.check import check
from hamkori.site.catalogues.counts import counts, table
from hamkori.site.catalogues.merge import compile_all
from hamkori.site.catalogues.sources import HOUSE
from tests.house.tree import ROOT


def test_every_string_is_translated() -> None:
    findings = check()
    assert not findings, "\n".join([f"{len(findings)} findings", *findings[:60]])


def test_every_catalogue_is_compiled_before_a_test_runs() -> None:
    compile_all()
    raw = [path for path in HOUSE.rglob("locale/*/LC_MESSAGES/django.po") if not path.with_suffix(".mo").exists()]
    assert not raw


def test_no_text_hides_inside_an_f_string() -> None:
    """Python 3.11 hands an f-string over whole, so what finds texts would miss one that is written inside."""
    hidden = re.compile(r"""\bf["'].*\{\s*(?:n?gettext\w*|_)\(""")
    found = [
        f"{path.relative_to(HOUSE).as_posix()}:{number}"
        for path in HOUSE.rglob("*.py")
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if hidden.search(line)
    ]
    assert found == []


def test_the_counts_that_are_written_down_are_those_of_today() -> None:
    said = (ROOT / "docs" / "languages.md").read_text("utf-8")
    assert "\n".join(table(counts())) in said, "docs/languages.md: put in what `./hamkori catalogues count` says"
