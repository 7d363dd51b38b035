"""What the tests send of a page is what a browser would: the form that goes to the page's own address."""

from __future__ import annotations

from tests.web.forms_of import fields_of

PAGE = """
<form method="post" action="/look/"><input name="look" value="1"></form>
<main>
  <form method="post" action="/cases/1/consent/?then=refer"><input type="hidden" name="page_of" value="hers"></form>
  <form method="post" action="/cases/1/stop/"><input type="hidden" name="version" value="3"></form>
  %s
</main>
"""


def test_a_form_that_names_the_pages_own_address_is_the_pages_own() -> None:
    """Passed by before, so that whoever pressed there read its hidden fields by an expression of her own."""
    page = PAGE % ""
    assert fields_of(page, "/cases/1/consent/?then=refer") == {"page_of": ["hers"]}
    assert fields_of(page, "/cases/1/stop/") == {"version": ["3"]}
    assert fields_of(page) == fields_of(page, "/cases/1/") == {}


def test_one_that_names_no_address_goes_wherever_the_page_is() -> None:
    page = PAGE % '<form method="post"><textarea name="wishes">\nto sleep</textarea></form>'
    assert fields_of(page) == fields_of(page, "/cases/1/section/") == {"wishes": ["to sleep"]}
