"""The lists hold together, and a broken one stops the boot."""

from pathlib import Path

import pytest

from hamkori import vocabulary
from hamkori.vocabulary import codelist, list_names, loading
from hamkori.vocabulary.country import LANGUAGES
from hamkori.vocabulary.loading import SOURCES, BrokenList, Source, build

LABEL = {"en": "Yes", "tg": "Ҳа", "ru": "Да", "fr": "Oui"}
SOURCE = Source("answer", "working_lists", "answer", "A definition.", "ours")
ROW = {"code": "a", "label": LABEL, "definition": "A."}


def test_every_code_has_a_label_in_every_language() -> None:
    assert LANGUAGES == ("en", "tg", "ru", "fr")
    for name in list_names():
        for entry in codelist(name):
            assert all(entry.label(language) for language in LANGUAGES)


def test_counts_are_those_of_the_reference() -> None:
    counts = {"indicator": 67, "service": 58, "service_group": 14, "actor_type": 37, "area": 69, "region": 5,
              "act_question": 6, "form_of_exploitation": 19, "forced_labour_sign": 11, "local_prompt": 9,
              "screening_result": 7, "dimension": 6, "identity_document": 8}  # fmt: skip
    assert {name: len(codelist(name)) for name in counts} == counts
    assert len(vocabulary.codelist("service")) == 58
    assert [len(vocabulary.areas(region)) for region in vocabulary.regions().codes] == [
        sum(entry.data["parent"] == region for entry in vocabulary.areas()) for region in vocabulary.regions().codes
    ]
    assert sum(len(vocabulary.areas(region)) for region in vocabulary.regions().codes) == 69


def test_marks_stay_with_their_entries() -> None:
    assert codelist("urgency").provisional
    assert all(entry.provisional for entry in codelist("urgency"))
    assert not codelist("service").provisional
    assert sum(entry.provisional for entry in codelist("service")) == 44
    assert codelist("service").entry("SAFE-05").unverified
    assert {code for code, one in vocabulary.screening_sets().items() if one.get("unverified")} == {"AS", "CS"}


def test_a_label_in_a_language_without_lists_is_tajik() -> None:
    assert codelist("urgency").label("urgent", "tg") == "Фаврӣ"
    assert codelist("urgency").label("urgent", "uz") == "Фаврӣ"
    assert codelist("urgency").label("urgent", "fr-ca") == "Urgent"
    assert codelist("urgency").choices("en")[0] == ("urgent", "Urgent")


def test_codes_point_to_codes_that_exist() -> None:
    for service in codelist("service"):
        assert service.data["group"] in codelist("service_group")
        assert service.data["recipient_kind"] in codelist("recipient_kind")
        providers = service.data["providers"]
        assert isinstance(providers, list)
        assert set(providers) <= set(codelist("actor_type").codes)
    for question in codelist("question_code"):
        groups = question.data.get("groups", codelist("service_group").codes)
        assert isinstance(groups, list | tuple)
        assert set(groups) <= set(codelist("service_group").codes)
        assert groups
        answers = question.data["answers"]
        assert isinstance(answers, list)
        assert set(answers) <= set(codelist("answer_code").codes)
    for need in codelist("need_tonight"):
        services, also = need.data["services"], need.data.get("also", [])
        assert isinstance(services, list)
        assert isinstance(also, list)
        assert {*services, *also} <= set(codelist("service").codes)
        assert not set(services) & set(also)
    for area in vocabulary.areas():
        assert area.data["parent"] in vocabulary.regions()
    for sign in vocabulary.indicators():
        assert sign.data["dimension"] in codelist("dimension")


def test_an_unknown_code_or_list_is_a_fault_with_its_name() -> None:
    with pytest.raises(KeyError, match="urgency has no code 'soon'"):
        codelist("urgency").label("soon", "en")
    with pytest.raises(KeyError, match="no code list 'party'"):
        codelist("party")


def test_a_good_list_is_built() -> None:
    built = build(SOURCE, [ROW])
    assert built.codes == ("a",)
    assert "a" in built
    assert "b" not in built


@pytest.mark.parametrize(
    ("rows", "word"),
    [
        ([], "empty"),
        ([ROW, ROW], "a twice"),
        ([{**ROW, "code": True}], "need quotes"),
        ([{**ROW, "code": ""}], "is no code"),
        ([{**ROW, "label": "Yes"}], "no label"),
        ([{**ROW, "label": {**LABEL, "tg": ""}}], "no label in tg"),
        ([{**ROW, "label": {"en": "Yes", "tg": "Ҳа"}}], "no label in ru, fr"),
        ([{**ROW, "definition": ""}], "no definition"),
    ],
)
def test_a_broken_list_is_refused_with_its_place(rows: list[dict[str, object]], word: str) -> None:
    with pytest.raises(BrokenList, match=word):
        build(SOURCE, rows)


def test_a_list_without_definition_or_source_is_refused() -> None:
    for broken in (Source("x", "f", "k", "", "ours"), Source("x", "f", "k", "A definition.", "")):
        with pytest.raises(BrokenList, match="no definition or no source"):
            build(broken, [ROW])
    assert all(source.definition and source.source for source in SOURCES)


def test_a_file_that_is_no_mapping_and_a_name_used_twice_stop_the_boot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "odd.yaml").write_text("- a\n- b\n", encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(loading, "FOLDER", tmp_path)
        with pytest.raises(BrokenList, match="odd: not a mapping"):
            loading.read("odd")
    monkeypatch.setattr(loading, "SOURCES", (*SOURCES, SOURCES[0]))
    with pytest.raises(BrokenList, match="two lists of this name"):
        loading.load_all()
