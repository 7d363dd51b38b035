"""Every string of the product is there in every language, and Django sees it."""

from hamkori.site.catalogues.check import check
from hamkori.site.catalogues.merge import compile_all
from hamkori.site.catalogues.sources import HOUSE


def test_every_string_is_translated() -> None:
    findings = check()
    assert not findings, "\n".join([f"{len(findings)} findings", *findings[:60]])


def test_every_catalogue_is_compiled_before_a_test_runs() -> None:
    compile_all()
    raw = [path for path in HOUSE.glob("*/locale/*/LC_MESSAGES/django.po") if not path.with_suffix(".mo").exists()]
    assert not raw
