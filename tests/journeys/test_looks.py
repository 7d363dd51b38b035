"""The looks find what they are for: each is shown a page with its fault, and one without."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from hamkori.site.screens import looks

pytestmark = pytest.mark.browser

GOOD = (
    '<html lang="tg"><title>Имрӯз</title><body><main><h1>Имрӯз</h1><p>Ҳеҷ чиз дер намондааст.</p></main></body></html>'
)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 360, "height": 600})
    yield context.new_page()
    context.close()


def with_fault(page: Page, html: str) -> Page:
    page.set_content(GOOD.replace("</main>", f"{html}</main>"))
    return page


def test_a_page_without_faults(page: Page) -> None:
    page.set_content(GOOD)
    assert looks.sideways(page) == looks.clipped(page) == looks.squeezed(page) == []
    assert looks.barriers(page) == looks.untranslated(page, "tg") == []


def test_what_sticks_out(page: Page) -> None:
    assert looks.sideways(with_fault(page, '<p style="width:500px">широк</p>')) == ["the page is 508 px wide"]


def test_what_is_cut(page: Page) -> None:
    style = "width:60px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap"
    assert len(looks.clipped(with_fault(page, f'<p style="{style}">Ташкилоти ҷамъиятӣ</p>'))) == 1
    assert len(looks.clipped(with_fault(page, '<button style="width:40px">Ташкилотиҷамъиятӣ</button>'))) == 1


def test_what_stands_letter_by_letter(page: Page) -> None:
    style = "width:12px;overflow-wrap:anywhere"
    assert len(looks.squeezed(with_fault(page, f'<p style="{style}">Пештар рӯй дода буд</p>'))) == 1


def test_what_is_english_on_a_tajik_page(page: Page) -> None:
    fault = (
        "<p>Who can see this, and why</p><button aria-label='Woman or girl'>?</button><p>2 time limits have passed.</p>"
    )
    assert looks.untranslated(with_fault(page, fault), "tg") == [
        "2 time limits have passed.",
        "Who can see this, and why",
        "Woman or girl",
    ]
    assert looks.untranslated(with_fault(page, '<p lang="en">Who can see this, and why</p>'), "tg") == []


def test_what_stands_in_the_way(page: Page) -> None:
    found = looks.barriers(with_fault(page, '<p style="color:#ccc">Ба ранги хира</p>'))
    assert len(found) == 1
    assert found[0].startswith("color-contrast")
