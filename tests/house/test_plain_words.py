"""No sentence and no label says a word that was decided against, and the sentences that are so on purpose are there.

Names in the code stay as they are (`desk`, `packet`, `lapse`); what a person reads does not say them.
"""

import re
from collections.abc import Iterator
from functools import cache
from html import unescape

import pytest
import yaml
from django.test import RequestFactory

from hamkori.site.catalogues.merge import catalogue_path, forms_of, messages_of, read
from hamkori.site.catalogues.sources import HOUSE, LANGUAGES, rooms, sources
from hamkori.web.kit import styleguide
from hamkori.web.kit.icons import ICONS

INSTEAD = {
    r"bod(?:y|ies)": "organisation",
    r"she|hers?|herself": "the person, they; you for the worker",
    r"(?<!person's )requests?": "referral",
    r"agreements?|(?:yes|word) of hers": "consent",
    r"(?<!referral )desks?": "Incoming; the referral desk, the referral officer",
    r"(?:un)?seal(?:s|ed|ing|er)?": "locked; Unlock, Lock now",
    r"packets?": "shared information",
    r"(?<!identity )cards?": "summary",
    r"targets?": "answer due; our own time limit",
    r"questioned|questions? (?:it|the result|this result)": "dispute",
    r"recall(?:s|ed)?|(?:give|given|gave|giving|take|taken|took|taking) (?:\w+ ){0,2}back": "cancel, return, withdraw",
    r"laps(?:e|es|ed)": "expired without an answer",
    r"releas(?:e|es|ed|ing)|(?:take|taken|took) (?:\S+ )?off": "remove from the team",
    r"mend(?:s|ed|ing)?": "correct",
    r"stands?|stood|goes(?! on)|went|gone|lived": "is shown, is saved, is sent, is valid",
    r"papers|counsel": "documents, lawyer",
    r"custodians?": "key holder",
    r"gaps?": "missing service",
    r"leads?(?! worker)": "lead worker",
    r"telephone (?:the|me|first|%)|(?:may|shall|you) telephone": "call",
    r"clocks?|shall|whoever|one may": "Hamkori watches the time limits; must; the person who; you may",
    r"settled? the age|age settled|speaker|forms? of exploitation|unread": "confirm; adult acting for the child; type",
    r"changes nothing in|but for|on the page of consent": "what needs a yes; a link says it",
    r"this is a line in|is just at work|answers that are valid are": "each is a line; in use; valid answers are",
    r"this installation's own|^Locked(?=\.$)": "our own; kept locked: a field may be written in",
    r"codes?(?! word)": "number; a code is the six digits of signing in",
}
OLD = {re.compile(rf"\b(?:{old})\b", re.IGNORECASE): new for old, new in INSTEAD.items()}
TRANSLATED_INSTEAD = {
    "tg": {
        "[мМ]ӯҳлат": "муҳлат",
        "[кК]ӯмак": "кумак",
        "мӯҳр": "қулф: nothing is sealed with wax",
        "мақсаднок": "муҳлати ҷавоб",
        "[қҚ]исса|[ҳҲ]икоя": "нақл",
        "[хХ]еши|[хХ]ешҳо": "рақами санҷишӣ (hash)",
        "[кК]амбуд": "хизмати нарасанда",
        "[кК]ирдор": "он чи нисбат ба шахс карда шуд",
        "[мМ]уассис": "ташкилот",
        "меистад|мераванд": "пайдо мешавад, фиристода мешавад",
        "[аА]ломат (?:на)?хӯр": "қайд шуд",
        "корманди асосӣ": "корманди масъул",
        "[дД]архост": "бозравонӣ",
        "[хХ]изматрасон": "хизмат; хадамот is an agency",
        "[сС]абти дастрас": "дафтари қайди дастрасӣ",
        "чӣ кор шуд": "чӣ карда шуд",
        r"\b[нН]иёз": "эҳтиёҷ",
        r"\b[дД]аста(?:и|ро|ҳо)?\b": "гурӯҳ",
        "[бБ]астаи маълумот": "маълумоти додашуда",
        r"[рР]ӯи\b": "рӯйи",
        "[пП]агоҳ": "фардо",
        "[оО]гоҳ": "хабар додан",
        r"\b[пП]ас (?:ме)?ги": "бозпас гирифтан",
        "нигаҳбон": "калиддор",
        "ҷавоб доданд. Ҷавоби": "гӯширо бардоштанд: reached, and no answer yet",
        "нохонда": "бекор кардан намешавад: what was read",
        r"\bаз [^.;]{1,30}\bвобаста": "ба … вобаста",
        r"Аз маъмур\w* пурс": "ба маъмур муроҷиат кунед",
        r"\b[бБ]е кумак\b": "кумак расонида нашуд: nobody helped, and not: done alone",
        r"\bбарои [^.;:]{1,40} (?:дар )?қулф": "танҳо … кушода метавонад: locked for became its opposite",
    },
    "ru": {
        "[зЗ]апечатан": "закрыто, под замком",
        "[зЗ]акодирован": "под замком или нет",
        "[иИ]зыма": "больше не передаётся",
        "[нН]ехватк": "недостающая помощь",
        "[вВ]сплы": "о чём человек сказал сам",
        "люди отправителя": "сотрудники отправляющей организации",
        "(?<![пП]ере)\\b[нН]аправлени": "перенаправление",
        "[зЗ]апрос": "перенаправление",
        "(?<!не )[нН]омер дела|[вВ] деле|[нН]овое дело": "случай; дело is the police's",
        "[вВ]едущ(?:его|ий) (?:сотрудник|специалист|работник)": "ответственный специалист",
        "[пП]олици": "милиция",
        "непрочитанн": "отменить это нельзя",
        "закр(?:ыт|ыва)[^ ]* для (?!всех, кроме)": "открыть может только …: locked for became its opposite",
        "целевой срок": "срок ответа",
        r"\b[бБ]ез помощи\b": "помощь не оказана: nobody helped, and not: done alone",
        "[зЗ]ащит. прав реб": "защита детей",
    },
    "fr": {
        "[sS]cell": "verrouillé",
        "échu\\b": "arrivé à son terme",
        "[oO]rganisme": "organisation",
        "[iI]ntervenant(?! en foyer)": "référent",
        "[dD]anger de mort": "si une vie est en danger: the one who dies calls nobody",
        r"verrouill\w+ pour": "seul … peut ouvrir: locked for became its opposite",
        r"\bavant (?:demain|(?:le )?%)": "d'ici: by a moment",
        "prenez le code": "utilisez le numéro",
        "pourquoi non": "pourquoi cela n'a pas été fait",
        "sans aide": "aucune aide apportée",
        "[iI]nterrog": "demander à: a suspect is interrogated, also réinterroger",
        r"(?:…|[cC]e|[vV]otre|dans le) cas\b|^cas\b": "dossier",
        "^(?:Accepté|Refusé|Envoyé|Rédigé|Confirmé|Rendu|Terminé)$": "acceptée: said of une orientation",
    },
}
WRONG = {
    language: {re.compile(rf"(?:{old})"): new for old, new in words.items()}
    for language, words in TRANSLATED_INSTEAD.items()
}
PAIRS = {
    r"^(?!.*danger).*\brisks?\b": (r"\b[хХ]атар(?!нок)", "хавф; хатар is a danger"),
    r"^(?!.*risk).*\bdangers?\b": (r"\b[хХ]авф", "хатар; хавф is a risk"),
    r"^(?!.*(?:tick|mark)).*\bsigns?\b(?! (?:in|out)\b)": ("[аА]ломат", "нишона; аломат is a tick, or a letter"),
    r"(?<!-)\breferrals?\b": ("[мМ]уроҷиат", "бозравонӣ; муроҷиат кардан is to turn to somebody"),
    r"^(?!.*desk).*\bclos(?:e|es|ed)\b": (
        "[бБ]аста (?:шуд|мешав)|банда[дн]",
        "пӯшида; баста is a desk out of its hours",
    ),
    r"^(?!.*(?:day|signs?\b|help with)).*\b(?:locked|new|this|these|for a|share a) parts?\b": (
        "[қҚ]исм",
        "бахш; қисм is of a day, or of the signs",
    ),
    r"\b(?:is|are) (?:not )?sent\b": (r"\b(?:на)?мерав", "фиристода мешавад: information has no feet"),
    r"(?<!not )\breached\b": ("ҷавоб дод", "гӯширо бардоштанд: an answer is said to the referral"),
}
"""Where English says the first, Tajik does not say the second, which is another thing."""
VALUE = re.compile(r"%\(\w+\)[sd]|\{\w+\}")

# Sentences that may say one of these words, and why.
SIGNING_IN = "the six digits of signing in, and the recovery codes"
ALLOWED = {
    "Code": SIGNING_IN,
    "The code on your telephone": SIGNING_IN,
    "The code that your new telephone shows now": SIGNING_IN,
    "The code that your telephone shows now": SIGNING_IN,
    "This code does not fit. Wait for the next one and type it.": SIGNING_IN,
    "This code is not right, or it was used already. Wait for the next one.": SIGNING_IN,
    "From now on your new telephone shows the codes.": SIGNING_IN,
    "The telephone that shows your codes was changed.": SIGNING_IN,
    "Scan this picture with an authenticator app on your telephone. It then shows a new code every 30 seconds.": (
        SIGNING_IN
    ),
    "Recovery codes": SIGNING_IN,
    "New recovery codes": SIGNING_IN,
    "Your recovery codes": SIGNING_IN,
    "%(n)s recovery code is left.": SIGNING_IN,
    "%(n)s recovery codes are left.": SIGNING_IN,
    "Recovery codes are shown only once. If you do not have them, make new ones here.": SIGNING_IN,
    "Your recovery codes were made anew. The earlier ones no longer work.": SIGNING_IN,
    "Six digits, new every 30 seconds. Telephone not here? One of your recovery codes does too.": SIGNING_IN,
    "Code word": "a word that two people agreed on",
    "Someone took the person in to use their work, body or income": "the person's own body",
    "Non-punishment request (acts done under compulsion)": "the lawyer's term: an application to a court",
}

# Labels in which one of the corrected words is the right one: an institution, an application to a court, a morning.
ANOTHER_THING = frozenset(
    {
        "Ҷойгир кардани кӯдак (дар оила ё муассиса)",
        "Дархост дар бораи ҷазо надодан (барои амалҳои зери маҷбурият кардашуда)",
        "Дастгирии мақсадноки ғайритахассусӣ",
        "Берун аз минтақаи хизматрасонӣ",
        "Пагоҳӣ",
    }
)

# Kept on purpose: they are as they are for the sake of the person who hears or reads them.
KEPT = (
    "Not asked",
    "not asked",
    "did not come",
    "The person did not come",
    "The person said no",
    "Unknown is not absent",
    "The child said no",
    "Somebody who may be involved never speaks for the child",
    "Ask only if it is safe. Not asked is an answer too.",
    "What helps",
    "What helps, what hurts, what not to ask again.",
    "What to call the person",
    "In the person's own words",
    "Police, prosecutor, court: two questions",
    "nothing is compulsory",
    "not presumed",
    "Signs of trafficking",
)


@cache
def messages() -> tuple[tuple[str, str], ...]:
    """Every sentence of the pages, and where; looked for in the source once."""
    found = (pair for room in rooms() for pair in sources(room).items())
    return tuple((text, min(one.places)) for key, one in found for text in (key.text, one.plural) if text)


def labels(language: str = "en") -> Iterator[tuple[str, str]]:
    """Every label of the lists in a language, and where."""

    def within(value: object) -> Iterator[str]:
        if isinstance(value, dict):
            if isinstance(value.get("label"), dict):
                yield value["label"][language]
            for one in value.values():
                yield from within(one)
        elif isinstance(value, list):
            for one in value:
                yield from within(one)

    for path in sorted((HOUSE / "vocabulary" / "lists").glob("*.yaml")):
        for text in within(yaml.safe_load(path.read_text("utf-8"))):
            yield text, path.name


def faults(text: str) -> list[str]:
    if text in ALLOWED:
        return []
    bare = VALUE.sub("…", text)
    return [f"“{found[0]}”: say {new}" for old, new in OLD.items() if (found := old.search(bare))]


def test_no_sentence_says_an_old_word() -> None:
    found = [f"{place}: {text}\n    {fault}" for text, place in messages() for fault in faults(text)]
    assert not found, "\n".join(found)


def drawn() -> Iterator[str]:
    """What the page of all components says; names of icons and colours are the code's."""
    page = styleguide.sheet(RequestFactory().get("/styleguide/")).content.decode()
    texts = re.findall(r'(?:aria-label|data-opened|placeholder)="([^"]+)"', page) + re.split(r"<[^>]*>", page)
    named = {*ICONS, *styleguide.colours()}
    yield from (text for one in texts if (text := unescape(one).strip()) and text not in named)


def test_the_drawing_of_the_kit_says_no_old_word() -> None:
    found = [f"{text}\n    {fault}" for text in drawn() for fault in faults(text)]
    assert not found, "\n".join(found)
    assert len(set(drawn())) > 150


def test_no_label_says_an_old_word() -> None:
    found = [f"{place}: {text}\n    {fault}" for text, place in labels() for fault in faults(text)]
    assert not found, "\n".join(found)


def written(language: str) -> Iterator[tuple[str, str]]:
    """Everything that is read in a language, and where: sentences, labels, the text that is read aloud."""
    for room in rooms():
        for message in messages_of(read(room, language)).values():
            for form in forms_of(message):
                yield form, str(catalogue_path(room, language).relative_to(HOUSE))
    yield from labels(language)
    aloud = HOUSE / f"casework/consent/texts/consent.{language}.md"
    yield from ((line, aloud.name) for line in aloud.read_text("utf-8").splitlines())


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_says_a_word_that_was_corrected(language: str) -> None:
    """One thing has one word on every page, and what meant the opposite does not come back."""
    found = [
        f"{place}: {text}\n    say {new}"
        for text, place in written(language)
        for wrong, new in WRONG[language].items()
        if wrong.search(text) and text not in ANOTHER_THING
    ]
    assert not found, "\n".join(found)


def in_tajik() -> Iterator[tuple[str, str]]:
    """Every sentence of the pages and every label of the lists: English, Tajik."""
    for room in rooms():
        for key, message in messages_of(read(room, "tg")).items():
            yield from ((key.text, form) for form in forms_of(message))

    def within(value: object) -> Iterator[tuple[str, str]]:
        if isinstance(value, dict) and isinstance(value.get("tg"), str):
            yield str(value["en"]), value["tg"]
        elif isinstance(value, dict | list):
            for one in value.values() if isinstance(value, dict) else value:
                yield from within(one)

    for path in sorted((HOUSE / "vocabulary" / "lists").glob("*.yaml")):
        yield from within(yaml.safe_load(path.read_text("utf-8")))


def test_tajik_tells_apart_what_english_does() -> None:
    """A risk is no danger, a sign no tick; and one thing has one word, in the lists too."""
    pairs = [(re.compile(said, re.IGNORECASE), re.compile(other), new) for said, (other, new) in PAIRS.items()]
    found = [
        f"{english}\n    {form}\n    say {new}"
        for english, form in in_tajik()
        for said, other, new in pairs
        if said.search(english) and other.search(form)
    ]
    assert not found, "\n".join(found)


CALLED_A_CODE = {
    "tg": re.compile(r"[рР]амз(?!ӣ)"),
    "ru": re.compile(r"\b[кК]од(?:а|у|ом|е|ы|ов)?\b(?! страны)"),
    "fr": re.compile(r"\b[cC]odes?\b"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_number_is_called_a_number(language: str) -> None:
    """A code is the six digits of signing in; where English says number, so does the translation."""
    found = [
        f"{key.text}\n    {form}"
        for room in rooms()
        for key, message in messages_of(read(room, language)).items()
        for form in forms_of(message)
        if "code" not in key.text.lower() and CALLED_A_CODE[language].search(form)
    ]
    assert not found, "\n".join(found)


def test_every_allowed_sentence_is_still_said() -> None:
    said = {text for text, _place in (*messages(), *labels())}
    assert not set(ALLOWED) - said
    assert not ANOTHER_THING - {text for text, _place in labels("tg")}


@pytest.mark.parametrize("kept", KEPT)
def test_what_is_so_on_purpose_is_still_said(kept: str) -> None:
    assert any(kept in text for text, _place in messages())


def test_what_is_read_aloud_keeps_its_plain_words() -> None:
    text = (HOUSE / "casework/consent/texts/consent.en.md").read_text("utf-8")
    for kept in ("Help does not depend on any answer", "take it back", "If you say no to the police", "two questions"):
        assert kept in text


@pytest.mark.parametrize(
    ("text", "old"),
    [
        ("Her agreement has ended.", "her"),
        ("Telephone the desk.", "desk"),
        ("Take the part back", "take"),
        ("%(body)s has sealed it", "sealed"),
        ("Settle the age", "settle"),
    ],
)
def test_the_search_finds_what_it_looks_for(text: str, old: str) -> None:
    assert any(old in fault.lower() for fault in faults(text))


def test_a_value_is_no_word() -> None:
    assert not faults("%(body)s: %(code)s, {desk}")
