"""The pages that are drawn from tables say what the tables say."""

from hamkori.site.docs import command as docs
from tests.house.tree import ROOT


def test_no_page_lags_behind_its_table() -> None:
    assert docs.lagging() == [], "run ./hamkori docs"


def test_every_variable_is_explained_and_none_is_invented() -> None:
    assert dict(docs.variables()).keys() == docs.VARIABLES.keys()


def test_a_changed_table_makes_its_page_lag(monkeypatch) -> None:
    monkeypatch.setitem(docs.VARIABLES, "HAMKORI_POOL", "something else")
    assert docs.lagging() == ["settings.md"]


def test_the_drawn_pages_are_the_ones_that_say_so() -> None:
    drawn = {page.name for page in (ROOT / "docs").glob("*.md") if page.read_text("utf-8").startswith(docs.NOTE)}
    assert drawn == docs.PAGES.keys()
