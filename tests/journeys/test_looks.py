"""The looks find what they are for: each is shown a page with its fault, and one without."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from hamkori.site.screens import looks, targets

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


def test_what_does_not_fit_its_field(page: Page) -> None:
    chosen = (
        '<label>Қадам <select style="width:90px"><option>Пурсидан, ки чӣ ба кӣ дода шавад</option></select></label>'
    )
    hint = '<label>Рақам <input style="width:90px" placeholder="3 рақам ё бештар"></label>'
    assert len(looks.cut(with_fault(page, chosen + hint))) == 2
    assert looks.cut(with_fault(page, chosen.replace("90px", "320px") + hint.replace("90px", "200px"))) == []


def test_what_stands_letter_by_letter(page: Page) -> None:
    style = "width:12px;overflow-wrap:anywhere"
    assert len(looks.squeezed(with_fault(page, f'<p style="{style}">Пештар рӯй дода буд</p>'))) == 1


def test_a_word_in_two_lines_that_one_would_hold(page: Page) -> None:
    """Red before: the title of Today stood letter by letter at 200 %, five letters, and no question saw it."""
    title = '<h1 style="width:60px;overflow-wrap:anywhere;font-size:48px">Имрӯз</h1>'
    assert [one.split(":")[0] for one in looks.broken(with_fault(page, title))] == ["Имрӯз"]
    button = '<button style="width:90px;overflow-wrap:anywhere">Ташкилотиҷамъиятӣ</button>'
    assert [one.split(":")[0] for one in looks.broken(with_fault(page, button))] == ["Ташкилотиҷамъиятӣ"]
    longer = '<h1 style="overflow-wrap:anywhere;font-size:48px">Перенаправления</h1>'
    assert looks.broken(with_fault(page, longer)) == [], "no line of this screen holds it"
    whole = '<h2 style="width:150px">Ташкилоти ҷамъиятӣ, пурсидан</h2><h3 style="width:90px">18-29, аввали/охир</h3>'
    assert looks.broken(with_fault(page, whole)) == []


def test_what_leaves_a_part_of_its_page_empty(page: Page) -> None:
    form = '<form style="max-width:200px"><input></form><section class="card" style="max-width:200px">?</section>'
    assert len(looks.thin(with_fault(page, form))) == 2
    assert looks.thin(with_fault(page, form.replace("200px", "none"))) == []
    page.set_content(GOOD.replace("<main>", '<main class="alone">').replace("</main>", f"{form}</main>"))
    assert looks.thin(page) == [], "what asks one thing alone stands in the middle"


def test_what_is_english_on_a_tajik_page(page: Page) -> None:
    fault = (
        "<p>Who can see this, and why</p><button aria-label='Woman or girl'>?</button>"
        "<p>2 cases are late or stopped</p>"
    )
    assert looks.untranslated(with_fault(page, fault), "tg") == [
        "2 cases are late or stopped",
        "Who can see this, and why",
        "Woman or girl",
    ]
    assert looks.untranslated(with_fault(page, '<p lang="en">Who can see this, and why</p>'), "tg") == []


def test_what_stands_in_the_way(page: Page) -> None:
    found = looks.barriers(with_fault(page, '<p style="color:#ccc">Ба ранги хира</p>'))
    assert len(found) == 1
    assert found[0].startswith("color-contrast")


def test_what_a_finger_misses(page: Page) -> None:
    """A link in a sentence may be as low as 24 px under a finger too; a box counts with its label, a row as a whole."""
    small = '<a href="#" style="display:block;width:90px;height:21px">Парванда</a>'
    assert targets.small(with_fault(page, small), targets.FINE)[0].startswith("90 x 21 px")
    assert targets.small(page, 20) == []
    fits = (
        '<p>Дар ин ҷо <a href="#" style="padding-block:4px">тамоми рӯйхат</a> ҳаст.</p>'
        '<label style="display:block;width:90px;height:48px">Ҳа<input type="checkbox"></label>'
        '<style>li { position: relative; height:60px } li a::after { content: ""; position: absolute; inset:0 }</style>'
        '<ul><li><a href="#">Пурсидан</a></li></ul>'
    )
    assert targets.small(with_fault(page, fits), targets.FINGER) == []
    low = '<p>Дар ин ҷо <a href="#" style="font-size:13px">тамоми рӯйхат</a> ҳаст.</p>'
    assert len(targets.small(with_fault(page, low), targets.FINGER)) == 1, "red before: it was never measured"


def test_what_stays_in_place_and_leaves_no_room(page: Page) -> None:
    bar = '<div style="position:fixed;bottom:0;left:0;right:0;height:250px">Имрӯз</div>'
    assert looks.covered(with_fault(page, bar)) == ["250 of 600 px stay in place"]
    assert looks.covered(with_fault(page, "<p>Имрӯз</p>")) == []


def test_a_row_of_work_and_the_button_that_it_opens(page: Page) -> None:
    news = '<ul class="work still"><li><a class="what" href="/c/">Қабул шуд</a></li></ul>'
    work = '<ul class="work"><li><a class="what" href="/a/">Занг</a></li></ul>'
    with_fault(page, f'<base href="http://h.test">{work}{news}')
    assert targets.rows(page) == [("Занг", "http://h.test/a/", ())], "news ask for nothing"
    assert not targets.has_button(with_fault(page, "<p>Ҳеҷ чиз</p><form method=get><button>?</button></form>"))
    assert targets.has_button(with_fault(page, "<form method=post><button>Омад</button></form><p id=x>Имрӯз</p>"))
    strip = '<div class="strip"><a class="btn push" href="/cases/12345678/refer/">Бозравон</a></div>'
    assert targets.has_button(with_fault(page, strip)) is False, "it stands at the top of every case"
    assert targets.has_button(with_fault(page, '<a class="btn" href="/cases/12345678/refer/">Пурсидан</a>'))
    with_fault(page, "<form method=post><button>Омад</button></form><p id=x>Имрӯз</p>")
    assert targets.has_button(page, "x") is False, "what stands elsewhere is not under that name"


def test_a_row_of_work_and_its_own_button(page: Page) -> None:
    def row(button: str) -> str:
        what = '<a class="what" href="/referrals/1/">Ҷой барои шаб</a>'
        return f'<base href="http://h.test"><ul class="work"><li>{what}<span class="do">{button}</span></li></ul>'

    def ends(button: str) -> tuple[str, ...] | None:
        return targets.rows(with_fault(page, row(button)))[0].ends

    assert ends('<a class="btn" href="/referrals/1/again/">Ask another organisation</a>') == ("refer", "again")
    assert ends('<a class="btn" href="/referrals/1/again/">Ask Shelter, Khatlon (demo) again</a>') == ("again",)
    call = '<form method="post" action="/referrals/1/call/"><button class="btn">Reached</button></form>'
    assert ends(call) == ("call",)
    assert ends('<a class="btn" href="/">Do something</a>') is None, "a button without its line is a fault"
    assert [said for said, acts in targets.ENDED_BY.items() if not acts] == [], "red before: four took any button"
    line = '<p class="sub"><a class="line" href="/cases/1/edit/">Meet again</a></p>'
    done = '<a class="btn" href="/cases/1/edit/">Done, set the next step<span class="quiet-label"> Meet</span></a>'
    lined = f'</span><ul class="lines"><li>{line}<span class="act">{done}</span></li></ul>'
    found = targets.rows(with_fault(page, row(call + lined)))
    assert [one.ends for one in found] == [("call",), ("edit",)], "a line of a row has its own button"
    reads = (
        '<base href="http://h.test"><a class="btn" href="/referrals/1/withdraw/">?</a><a class="btn" href="/a/">?</a>'
    )
    for said in ("Open the case", "Open the referral", "A place was found", "See whom to call"):
        assert not targets.has_button(with_fault(page, reads), ends=targets.ENDED_BY[said]), f"nothing ends it: {said}"
    calls = '<base href="http://h.test"><form method="post" action="/referrals/1/call/"><button>?</button></form>'
    assert targets.has_button(with_fault(page, calls), ends=targets.ENDED_BY["Open the referral"])
    cancel = '<base href="http://h.test"><form method="post" action="/referrals/1/recall/"><button>?</button></form>'
    assert not targets.has_button(with_fault(page, cancel), ends=("refer", "again")), "it ends something else"
    other = '<form method="post" action="/referrals/1/"><button formaction="/referrals/1/again/">?</button></form>'
    assert targets.has_button(with_fault(page, cancel + other), ends=("refer", "again"))
