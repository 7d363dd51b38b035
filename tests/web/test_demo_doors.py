"""Entering the demonstration: the ordinary sign-in, typed by a robot."""

import sys

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.urls import include, path

from hamkori.people import totp
from hamkori.people.actions.welcome import make_person
from hamkori.people.models import User
from hamkori.site.demo import secret, walk
from hamkori.site.demo.cast import PERSONAS
from hamkori.site.demo.front import mails
from hamkori.vault.passphrase import weakness
from tests import doors
from tests.database import god

pytestmark = pytest.mark.django_db
urlpatterns = [path("", include("hamkori.site.demo.urls")), path("", include("hamkori.site.urls"))]
SLUGS = ("caseworker-cso", "desk-shelter")


@pytest.fixture
def world(settings) -> None:
    settings.ROOT_URLCONF = __name__
    assert sys.modules[__name__].urlpatterns
    (engine,) = django_settings.TEMPLATES
    settings.TEMPLATES = [engine | {"DIRS": [django_settings.HOUSE / "site" / "demo" / "templates"]}]
    doors.house()
    umed = doors.body("umed")
    for slug in SLUGS:
        one = PERSONAS[slug]
        make_person(
            doors.keyring(),
            organisation_id=umed,
            email=one.email,
            name=slug,
            roles=["case_worker"],
            passphrase=secret.passphrase_for(one.email),
            totp_secret=secret.totp_secret_for(one.email),
        )


def test_one_press_and_one_is_in(world) -> None:
    client = doors.DoorClient()
    page = client.get("/").content.decode()
    for slug in PERSONAS:
        assert f'value="{slug}"' in page
    for slug in (*SLUGS, SLUGS[0], SLUGS[0]):
        answer = client.post("/demo/enter", {"persona": slug})
        assert (answer.status_code, answer["Location"]) == (302, "/"), slug
        inside = client.get("/account/").wsgi_request.actor
        assert inside.name == slug
        assert inside.vault_open
    assert 'name="persona"' not in client.get("/").content.decode()


def test_nobody_else_gets_in_that_way(world) -> None:
    client = doors.DoorClient()
    assert client.post("/demo/enter", {"persona": "administrator"}).status_code == 404
    assert client.post("/demo/enter", {"persona": "lawyer"})["Location"] == "/"
    assert "does not open this account" in client.get("/").content.decode()
    with god():
        User.objects.update(is_active=False)
    assert client.post("/demo/enter", {"persona": SLUGS[0]})["Location"] == "/"
    assert client.get("/account/").status_code == 302


def test_what_invented_people_know_is_stable_and_strong(world) -> None:
    passphrases = {secret.passphrase_for(one.email) for one in PERSONAS.values()}
    assert len(passphrases) == len(PERSONAS)
    assert not any(weakness(passphrase) for passphrase in passphrases)
    assert secret.passphrase_for("A@b.org") == secret.passphrase_for("a@B.ORG")
    path = django_settings.HAMKORI_DATA / secret.FILE
    assert path.stat().st_mode & 0o777 == 0o600


def test_mails_are_read_from_the_folder(world, tmp_path, settings) -> None:
    from django.core.mail import get_connection, send_mail

    backend = get_connection("django.core.mail.backends.filebased.EmailBackend", file_path=str(tmp_path))
    for number in (1, 2):
        send_mail(f"You have {number} new referral", "Sign in.", "h@localhost", ["a@b.org"], connection=backend)
    assert [one.subject for one in mails(tmp_path)] == ["You have 2 new referral", "You have 1 new referral"]
    settings.EMAIL_FILE_PATH = str(tmp_path)
    assert "You have 2 new referral" in doors.DoorClient().get("/demo/mail/").content.decode()
    assert mails(tmp_path / "none") == []


def test_a_code_that_is_typed_works_beside_the_doors(world, settings) -> None:
    """Red before: the robot took the code of this moment, and who had just read it in the terminal was turned away."""
    settings.MFA_TOTP_TOLERANCE = 10  # as the demonstration has it
    email = PERSONAS[SLUGS[0]].email
    secret_of = secret.totp_secret_for(email)
    for _visitor in range(3):
        assert doors.DoorClient().post("/demo/enter", {"persona": SLUGS[0]})["Location"] == "/"
    typed = doors.DoorClient()
    typed.post("/account/sign-in/", {"login": email, "password": secret.passphrase_for(email)})
    typed.post("/account/second-step/", {"code": totp.code(secret_of)})
    assert typed.get("/account/").wsgi_request.actor.name == SLUGS[0]


def test_each_visitor_reads_in_the_language_of_their_own_browser(world, settings) -> None:
    """Red before: a language chosen at a door was written to the account, which all visitors share."""
    settings.LANGUAGE_OF_BROWSER = True
    with god():
        before = User.objects.get(email=PERSONAS[SLUGS[0]].email).language_code
    one, other = doors.DoorClient(), doors.DoorClient()
    for client, language in ((one, "fr"), (other, "ru")):
        client.post("/language/", {"language": language})
        client.post("/demo/enter", {"persona": SLUGS[0]})
        assert f'<html lang="{language}"' in client.get("/account/").content.decode()
    one.post("/language/", {"language": "en"})
    assert '<html lang="en"' in one.get("/account/").content.decode()
    assert '<html lang="ru"' in other.get("/account/").content.decode()
    with god():
        assert User.objects.get(email=PERSONAS[SLUGS[0]].email).language_code == before


def test_the_walk_names_doors_that_there_are_and_numbers_that_were_found(world, tmp_path) -> None:
    assert {step.door for step in walk.WALK} <= set(PERSONAS)
    assert {step.thing for step in walk.WALK if step.thing} == set(walk.THINGS)
    path = django_settings.HAMKORI_DATA / walk.FILE
    path.write_text('{"arrival": "48273162", "declined": "no number"}')
    known = django_settings.HAMKORI_DATA / walk.DONE
    known.write_text('["arrival"]')
    try:
        page = doors.DoorClient().get("/").content.decode()
    finally:
        path.unlink()
        known.unlink()
    first, _then = page.split("4827\xa03162")
    assert ">done<" in first, "somebody has answered it"
    assert page.count(">done<") == 1
    with god(), connection.cursor() as owner:
        for question in walk.DONE_WHEN.values():
            owner.execute(question, {"code": "48273162", "since": None})
    assert {step.done for step in walk.WALK if step.done} == set(walk.DONE_WHEN)
    assert "4827\xa03162" in page
    assert "an organisation declined" not in page, "a step whose number is not known is left out"
    assert walk.numbers(tmp_path) == {}


def test_whoever_locked_and_knows_no_passphrase_enters_by_the_same_door(world) -> None:
    """Red before: the page asked for a passphrase that no visitor has."""
    client = doors.DoorClient()
    client.post("/demo/enter", {"persona": SLUGS[1]})
    client.post("/account/seal/", {"next": "/account/"})
    assert not client.get("/account/").wsgi_request.actor.vault_open
    page = client.get("/account/unlock/?next=/account/").content.decode()
    assert 'name="persona" value="again"' in page
    answer = client.post("/demo/enter", {"persona": "again", "next": "/account/"})
    assert (answer.status_code, answer["Location"]) == (302, "/account/")
    inside = client.get("/account/").wsgi_request.actor
    assert inside.name == SLUGS[1]
    assert inside.vault_open


def test_a_stranger_has_no_door_to_come_by_again(world) -> None:
    assert doors.DoorClient().post("/demo/enter", {"persona": "again"}).status_code == 404
