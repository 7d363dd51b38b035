"""Whatever guard says no, a page has its sentence: each room brings its own, and no list names the rooms."""

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType

import pytest
from django.conf import settings
from django.utils import translation

import hamkori
from hamkori import refusal
from hamkori.lifecycle import Machine
from hamkori.refusal import NotNow
from hamkori.web.kit.refusals import sentence
from tests.house.tree import python


def rules() -> Iterator[ModuleType]:
    """Every module of every room's rules."""
    for found in pkgutil.walk_packages(hamkori.__path__, "hamkori."):
        if "rules" in found.name.split("."):
            yield importlib.import_module(found.name)


def machines() -> set[Machine]:
    return {one for module in rules() for one in vars(module).values() if isinstance(one, Machine)}


def test_every_guard_of_a_lifecycle_has_its_sentence() -> None:
    asked = {guard.key for machine in machines() for row in machine.steps for guard in row.guards}
    assert len(asked) > 40
    assert asked <= set(refusal.SENTENCES)


def test_every_guard_that_is_raised_by_its_name_has_its_sentence() -> None:
    said = {
        node.args[0].value
        for _place, _content, module in python()
        for node in ast.walk(module)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "NotNow" and node.args
        if isinstance(node.args[0], ast.Constant)
    }
    assert len(said) > 20
    assert said <= set(refusal.SENTENCES)


def test_every_room_that_writes_sentences_has_brought_them() -> None:
    rooms = [module for module in rules() if module.__name__.endswith(".guards")]
    assert len(rooms) >= 2
    for room in rooms:
        assert room.SENTENCES.items() <= refusal.SENTENCES.items(), f"{room.__name__}: refusal.register in its apps.py"


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_every_sentence_with_values_has_a_form_without_them(language: str) -> None:
    with translation.override(language):
        assert all("{" not in sentence(NotNow(guard)) for guard in refusal.SENTENCES)


def test_a_new_room_is_heard_and_says_no_other_rooms_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(refusal.SENTENCES, "place_left", "")  # so that it goes again with this test
    monkeypatch.delitem(refusal.SENTENCES, "place_left")
    assert sentence(NotNow("place_left")) == refusal.PLAIN["from_state"]
    refusal.register({"place_left": "No place is left."})
    assert sentence(NotNow("place_left")) == "No place is left."
    with pytest.raises(ValueError, match="from_state"):
        refusal.register({"from_state": "Mine."})
