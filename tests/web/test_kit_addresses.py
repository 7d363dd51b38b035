"""The kit's addresses: a route that nobody serves is an error, and so is an address that nobody gave."""

import pytest
from django.urls import NoReverseMatch

from tests.web.drawing import draw

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.mark.parametrize(
    "source",
    [
        '{% address "cases_of_nobody" as url %}{{ url }}',
        '{% address "case" code_misspelt as url %}',
        '{% address "case" none as url %}',
        '{% button "Open" "cases_of_nobody" %}',
        '{% button "Open" "case" code_misspelt %}',
        '{% button "Open" href=url_misspelt %}',
        '{% button "Open" href=none %}',
        '{% post "Open" "cases_of_nobody" %}',
        '{% post "Open" href=url_misspelt %}',
        '{% post "Open" %}',
        '<a href="{{ url_misspelt|address }}">',
        '{% item "A row" href=url_misspelt %}',
        '{% page_head "A page" action_label="New" action_url=url_misspelt %}',
        '{% case_strip "48273162" consent_url=url_misspelt %}',
        '{% case_strip "48273162" action_url=url_misspelt %}',
        "{% pages next_url=url_misspelt %}",
        '{% sealed "Contact" url=url_misspelt %}',
        "{% who_sees people how_url=url_misspelt %}",
        '{% empty "Nothing" href=url_misspelt %}',
        '{% undo_banner "Sent" url_misspelt %}',
    ],
)
def test_an_address_that_is_missing_is_an_error(source: str) -> None:
    with pytest.raises(NoReverseMatch):
        draw(source, none=None, people=[])


def test_a_button_takes_a_route_with_what_it_is_about() -> None:
    assert draw('{% button "Open" "case" code key="KeyO" %}', code="48273162") == (
        '<a class="btn" href="/cases/48273162/" data-key="KeyO">Open</a>'
    )
    assert '<form action="/cases/48273162/decide/" method="post">' in draw(
        '{% post "Do" "decide" code %}', code="48273162"
    )
    assert draw('{% address "today" as url %}{{ url }}') == "/"
    assert 'type="submit"' in draw('{% button "Save" %}')


def test_what_leads_nowhere_on_purpose_says_none() -> None:
    for source in ('{% item "A row" href=none %}', '{% item "A row" %}', '{% page_head "A page" action_url=none %}'):
        assert "href" not in draw(source, none=None).replace('<use href="', "")
