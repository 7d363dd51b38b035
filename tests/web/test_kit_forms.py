"""The kit's forms keep what was typed; its switches stay at their page."""

from datetime import date
from typing import Any

import pytest
from django import forms
from django.http import HttpResponse
from django.test import RequestFactory

from hamkori.web.kit import appearance
from hamkori.web.kit.forms import Answers, CodeField, DateField, KitForm, KitRenderer, Segments, TextField, Ticks
from tests.web.drawing import HOSTILE, NOW, Elements, draw

pytestmark = pytest.mark.usefixtures("in_english")


# --- forms ---------------------------------------------------------------------------------------------------------
class Form(KitForm):
    sensitive = ("story",)

    story = forms.CharField(label="Story", widget=forms.Textarea, help_text="Sealed.")
    until = DateField(label="Until")
    answer = forms.ChoiceField(
        label="Consent given", choices=[("yes", "yes"), ("no", "no"), ("", "not asked")], widget=Segments(unasked="")
    )
    sign = forms.ChoiceField(
        choices=[("not_asked", "not asked"), ("present", "present")], widget=Answers(unasked="not_asked")
    )
    goes = forms.MultipleChoiceField(
        choices=[("contact", "Contact")], widget=Ticks(hints={"contact": "safe telephone"})
    )
    code = CodeField(required=False)


def test_what_was_typed_stays_beside_the_message() -> None:
    page = Elements(str(Form({"story": HOSTILE, "until": "31.02.2027", "answer": "no"})))
    until = page.named("until")[0]
    assert (until["value"], until["type"]) == ("31.02.2027", "text"), "a picker would drop what it cannot show"
    assert HOSTILE not in str(Form({"story": HOSTILE}))
    assert "&lt;b onmouseover" in str(Form({"story": HOSTILE}))
    assert ["checked" in radio for radio in page.named("answer")] == [False, True, False]


def test_an_empty_line_before_what_was_typed_stays() -> None:
    """A browser drops the first line break of such a box, so one that is nobody's comes before."""
    assert ">\n\nto sleep</textarea>" in str(Form({"story": "\nto sleep"}))


@pytest.mark.parametrize(
    "typed",
    ["25.11.2026", "25.11.26", "25/11/2026", "25 11 2026", "25,11,2026", "25-11-2026", "25112026", "2026-11-25"],
)
def test_a_date_is_written_day_first_however_it_is_parted(typed: str) -> None:
    assert DateField().clean(typed) == NOW.date()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("31.02.2026", "There is no such day. One that there is: 28.02.2026"),
        ("31 4 2027", "There is no such day. One that there is: 01.03.2027"),
    ],
)
def test_a_day_that_no_month_has_is_said_to_be_none_and_the_example_can_be_typed(typed: str, said: str) -> None:
    """Red before: it was written as the message asked, and the day in the message was refused."""
    form = KitFormWithDate({"on": typed})
    form.day("on").between(date(2026, 1, 1), date(2027, 3, 1))
    assert form.errors == {"on": [said]}


@pytest.mark.parametrize("typed", ["11/25/2026", "25.11", "251126", "2026-25-11", "soon"])
def test_what_is_no_date_says_how_one_is_written_and_stays(typed: str) -> None:
    """Red before: a browser's picker had the order of the device."""
    form = KitFormWithDate({"on": typed})
    assert form.errors == {"on": ["Write the date like this: 25.11.2026"]}
    assert Elements(str(form)).named("on")[0]["value"] == typed


def test_a_date_is_shown_in_the_countrys_order_in_a_plain_box() -> None:
    box = Elements(str(KitFormWithDate(initial={"on": NOW.date()}))).named("on")[0]
    assert (box["type"], box["value"], box["placeholder"]) == ("text", "25.11.2026", "dd.mm.yyyy")


class KitFormWithDate(KitForm):
    on = DateField()


def test_every_error_in_the_summary_leads_to_its_field() -> None:
    form = Form({})
    form.add_error(None, "Both cannot be.")
    page = Elements(draw("{% error_summary form %}{{ form }}", form=form))
    links = [attrs["href"] for tag, attrs in page.all if tag == "a"]
    assert links == ["#id_story", "#id_until", "#id_answer_0", "#id_sign_0", "#id_goes_0"]
    assert {(link or "").removeprefix("#") for link in links} <= set(page.ids())
    assert "Both cannot be." in draw("{% error_summary form %}", form=form)
    assert draw("{% error_summary form %}", form=Form()) == ""


def test_hint_and_message_are_read_with_the_field() -> None:
    page = Elements(str(Form({})))
    story = page.named("story")[0]
    assert story["aria-describedby"] == "id_story_helptext id_story_error"
    assert story["aria-invalid"] == "true"
    assert {"id_story_helptext", "id_story_error"} <= set(page.ids())
    groups = [attrs for tag, attrs in page.all if tag == "fieldset"]
    assert all((group.get("aria-describedby") or "").endswith("_error") for group in groups)


def test_the_browser_remembers_and_corrects_nothing_of_what_was_told() -> None:
    story = Elements(str(Form())).named("story")[0]
    assert (story["autocomplete"], story["spellcheck"]) == ("off", "false")
    assert "required" not in story


def test_a_missing_answer_is_named() -> None:
    assert Form({}).errors["until"] == ["Still needed: Until"]


def test_a_code_may_be_typed_in_groups() -> None:
    typed = CodeField()
    assert {typed.clean(text) for text in ("4827 3162", "4827-3162", " 48 27 31 62 ", "48273162")} == {"48273162"}
    assert typed.clean("4827 abcd") == "4827abcd"


def test_not_asked_looks_quieter_and_nothing_is_chosen_in_advance() -> None:
    form = Form()
    assert str(form["sign"]).index('class="none"') < str(form["sign"]).index('class="seg"')
    chosen = [attrs for _, attrs in Elements(str(form)).all if "checked" in attrs]
    assert [(attrs["name"], attrs["value"]) for attrs in chosen] == [("answer", "")], "not asked, and only that"
    assert 'class="unasked"' in str(form["answer"])
    assert "safe telephone" in str(form["goes"])


def test_a_form_of_others_gets_the_same_look() -> None:
    class Theirs(forms.Form):
        default_renderer = KitRenderer
        email = forms.EmailField(label="E-mail")
        method = forms.ChoiceField(choices=[("a", "A")], widget=forms.RadioSelect)

    page = str(Theirs())
    assert '<div class="field">' in page
    assert 'class="choice"' in page


# --- theme, language, keys -----------------------------------------------------------------------------------------
def test_a_plain_form_keeps_the_theme_and_comes_back() -> None:
    answer = appearance.theme(RequestFactory().post("/theme/", {"theme": "dark", "next": "/cases/?late=1"}))
    assert (answer.status_code, answer["Location"]) == (302, "/cases/?late=1")
    kept = answer.cookies[appearance.cookie("hk_theme")]
    assert (kept.value, kept["httponly"], kept["path"]) == ("dark", True, "/")
    request = RequestFactory().get("/")
    request.COOKIES[appearance.cookie("hk_theme")] = "dark"
    assert appearance.of(request)["theme"] == "dark"
    request.COOKIES[appearance.cookie("hk_theme")] = '"><script>'
    assert appearance.of(request)["theme"] == ""


@pytest.mark.parametrize(
    "elsewhere", ["https://example.org/", "//example.org/", "javascript:alert(1)", "\\\\example.org"]
)
@pytest.mark.parametrize("door", [appearance.theme, appearance.keys, appearance.language])
def test_the_switches_never_lead_to_another_place(door: Any, elsewhere: str) -> None:
    assert door(RequestFactory().post("/", {"next": elsewhere}))["Location"] == "/"


@pytest.mark.parametrize("door", [appearance.theme, appearance.keys, appearance.language])
def test_looking_changes_nothing(door: Any) -> None:
    assert door(RequestFactory().get("/", {"theme": "dark", "keys": "on", "language": "tg"})).status_code == 405


def test_only_a_language_that_we_have_is_kept() -> None:
    def asked(language: str) -> HttpResponse:
        answer = appearance.language(RequestFactory().post("/language/", {"language": language}))
        assert isinstance(answer, HttpResponse)
        return answer

    assert [kept.value for kept in asked("tg").cookies.values()] == ["tg"]
    assert not asked("xx").cookies


def test_no_sign_turns_the_direction_of_a_text() -> None:
    """Red before: a name was kept with a mark that shows it backwards."""
    field = TextField()
    assert field.clean("Ma\u202edina \u2066x\u2069\u200f") == "Madina x"
    assert field.clean("a\u200cb") == "a\u200cb", "what joins letters stays"


def test_the_templates_of_forms_are_read_once() -> None:
    """Red before: each form had an engine of its own, and compiled the kit's templates for itself."""
    first, second = (Form().renderer for _ in range(2))
    assert first is not second
    assert first.get_template("kit/form.html").template is second.get_template("kit/form.html").template
