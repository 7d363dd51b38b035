"""Signs everybody of the invented world in, by the ordinary forms, and prints their cookies.

Nobody's sign-in is made easier: whoever may read the demonstration's secret can type what is typed here.
"""

from __future__ import annotations

import argparse
import json
import sys
import time

from django.test import Client

from hamkori.command import Coded
from hamkori.people import totp
from hamkori.site.demo.cast import PERSONAS
from hamkori.site.demo.plans.people.bodies import ADMINISTRATORS, CUSTODIANS, PEOPLE
from hamkori.site.demo.secret import passphrase_for, totp_secret_for


def main(arguments: argparse.Namespace) -> int:
    """Runs in the environment of the web process; personas under their names, others under their e-mails."""
    doors = {persona: _entered({"persona": persona}, "/demo/enter") for persona in PERSONAS}
    known = {persona.email for persona in PERSONAS.values()}
    for email in (*PEOPLE, next(iter(CUSTODIANS)), next(iter(ADMINISTRATORS))):
        if email not in known:
            doors[email] = _typed(email)
    sys.stdout.write(json.dumps(doors))
    return 0


def _entered(fields: dict[str, str], path: str) -> dict[str, str]:
    client = Client(SERVER_NAME="localhost")
    answer = client.post(path, fields)
    # A refusal leads back to the doors, also with a redirect: only a page of one's own shows that somebody is in.
    inside = client.get("/account/")
    if inside.status_code != 200:
        raise RuntimeError(f"{fields}: {answer.status_code}, then {inside.status_code}")
    return {name: morsel.value for name, morsel in client.cookies.items()}


def _typed(email: str) -> dict[str, str]:
    client = Client(SERVER_NAME="localhost")
    first = client.post("/account/sign-in/", {"login": email, "password": passphrase_for(email)})
    code = totp.code(totp_secret_for(email), 0)
    second = client.post("/account/second-step/", {"code": code})
    if second.status_code not in (302, 303) or "hk_key" not in client.cookies:
        raise RuntimeError(f"{email}: {first.status_code}, {second.status_code}, {time.time():.0f}")
    return {name: morsel.value for name, morsel in client.cookies.items()}


class Command(Coded):
    main = staticmethod(main)
