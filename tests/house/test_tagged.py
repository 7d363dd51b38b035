"""Each column of a table with a tag is covered by it, or free for a reason: a new column must say which."""

from django.apps import apps
from django.db import models

# Table -> columns that the tag covers, columns that are free and why.
TAGGED: dict[str, tuple[set[str], dict[str, str]]] = {
    "membership": (
        {"id", "serial", "user_id", "organisation_id", "function_code", "supervisor_id"},
        {
            "since": "orders the places at sign-in, of which only those that hold are offered",
            "suspended_at": "only takes away; a suspended post has no tag",
            "ended_at": "only takes away; an ended post has no tag",
            "tag": "the tag",
        },
    ),
    "organisation": (
        {
            "id", "version", "slug", "name_en", "name_tg", "name_ru", "name_fr", "kind_code", "compartment_code",
            "has_desk",
        },
        {
            "actor_type_code": "sorts the directory; kind and compartment decide",
            "region_code": "says where, and names no reader",
            "is_active": "only takes away",
            "tag": "the tag",
        },
    ),
    "invitation": (
        {
            "token_hash", "organisation_id", "email", "name", "function_code", "role_codes", "supervisor_id",
            "expires_at",
        },
        {
            "id": "nothing asks for it: the link names its hash",
            "language_code": "the language of the page",
            "used_at": "only takes away; a used invitation has no tag",
            "tag": "the tag",
        },
    ),
    "person_key": (
        {"user_id", "key_no", "public"},
        {
            "id": "names the seals; another id opens none",
            "since": "says when",
            "ended_at": "only takes away; the mark keeps an older one from coming back",
            "tag": "the tag",
        },
    ),
    "body_key": (
        {"organisation_id", "kind_code", "key_no", "public"},
        {
            "id": "names the seals; another id opens none",
            "since": "says when",
            "ended_at": "only takes away; the mark keeps an older one from coming back",
            "tag": "the tag",
        },
    ),
    "two_person": (
        {"id", "act_code", "organisation_id", "subject_ids", "asked_by_id", "expires_at"},
        {
            "reason_code": "why it was asked, for the reader",
            "asked_at": "says when",
            "state_code": "the mark keeps an answered question from being asked again",
            "decided_by_id": "says who, as the ledger does",
            "decided_at": "says when",
            "answer_code": "why not, for the reader",
            "tag": "the tag",
        },
    ),
}  # fmt: skip
# Covered by the tag of a post, beside the columns of its own row.
OF_A_POST = {"app_user": {"name"}, "role_held": {"membership_id", "role_code"}}
FREE_OF_A_POST = {
    "app_user": {"id", "email", "language_code", "is_active"},
    "role_held": {"id", "since", "competent_until", "ended_at"},
}


def columns(table: str) -> set[str]:
    (model,) = [one for one in apps.get_models() if one._meta.db_table == table]
    return {field.column for field in model._meta.local_fields if isinstance(field, models.Field)}


def test_each_column_of_a_tagged_table_is_covered_or_free_by_name() -> None:
    for table, (covered, free) in TAGGED.items():
        assert covered | free.keys() == columns(table), table
        assert not covered & free.keys(), table
        assert all(free.values()), table
    for table, covered in OF_A_POST.items():
        assert covered | FREE_OF_A_POST[table] == columns(table), table


def test_every_table_of_people_that_has_a_tag_is_named() -> None:
    tagged = {
        model._meta.db_table
        for model in apps.get_app_config("people").get_models()
        if any(field.name == "tag" for field in model._meta.local_fields)
    }
    assert tagged <= TAGGED.keys()
