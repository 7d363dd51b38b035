"""The text that is read aloud is one text in four languages, and what an answer would end follows from the rows."""

from dataclasses import replace
from uuid import uuid4

from django.utils import timezone

from hamkori.casework.consent import texts
from hamkori.casework.consent.actions import consent as act
from hamkori.casework.consent.queries.consent import Asked, Said, Version, after_withdrawal
from hamkori.casework.referral.queries.effects import Running, effects
from hamkori.vocabulary.country import LANGUAGES


def test_the_texts_are_one_text_in_four_languages() -> None:
    english = texts.consent("en")
    for language in LANGUAGES:
        text = texts.consent(language)
        assert (text.version, text.language, text.provisional) == (act.TEXT_VERSION, language, True)
        assert [block.kind for block in text.blocks] == [block.kind for block in english.blocks], language
        assert all(len(block.text) < 180 for block in text.blocks), "short sentences are read aloud"
        assert text.day == texts.day_of(act.TEXT_VERSION), language
    assert texts.day_of("2026-11-28") == "28 November 2026"
    assert texts.day_of("draft") == "draft", "a name that is no day stays as it is"
    assert len({texts.consent(language).blocks[3].text for language in LANGUAGES}) == len(LANGUAGES)


def test_what_would_end_is_what_the_rows_no_longer_carry() -> None:
    help_row = Said(kind="shelter_social", purpose="help", answer="yes", sections=("identity", "contact"), until=None)
    body = uuid4()
    one = Running(
        id=uuid4(),
        code="11111111",
        state="sent",
        service="HOME-02",
        body=body,
        rows=(("shelter_social", "help"),),
        sections=("identity", "contact"),
    )
    before = {("shelter_social", "help"): help_row}
    assert effects([one], before, before, ()) == ()
    assert effects([one], before, {}, ())[0].ends
    assert effects([one], before, before, [body])[0].ends
    without = {
        ("shelter_social", "help"): Said(
            kind="shelter_social", purpose="help", answer="without_name", sections=("contact",), until=None
        )
    }
    (lost,) = effects([one], before, without, ())
    assert (lost.ends, lost.lost, lost.unnamed) == (False, ("identity",), True)
    contact_only = replace(one, sections=("contact",))
    (unnamed,) = effects([contact_only], before, without, ())
    assert (unnamed.ends, unnamed.lost, unnamed.unnamed) == (False, (), True)
    assert effects([contact_only], without, without, ()) == (), "what was said before changes nothing"
    (gone,) = effects([contact_only], before, {key: replace(row, sections=()) for key, row in without.items()}, ())
    assert (gone.lost, gone.unnamed) == (("contact",), False)
    newest = Version(
        number=1,
        step="give",
        at=timezone.now(),
        by="",
        text_version="",
        language="",
        how_given="",
        how_said="",
        speaker="",
        child_answer="",
        rows=(help_row,),
        excluded=frozenset(),
    )
    after = after_withdrawal(Asked(versions=(newest,), states={}), None, ["contact"])
    assert after[("shelter_social", "help")].sections == ("identity",)
    assert after_withdrawal(Asked(versions=(newest,), states={}), [("legal", "help")], ())[
        ("shelter_social", "help")
    ].agrees
