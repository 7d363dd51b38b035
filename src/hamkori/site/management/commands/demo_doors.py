"""Prints how to come in: the personas of the first page, with what each would type at the ordinary sign-in."""

import argparse
import sys

from django.conf import settings

from hamkori.command import Coded
from hamkori.people import totp
from hamkori.site.demo.cast import PERSONAS
from hamkori.site.demo.secret import passphrase_for, totp_secret_for


def main(arguments: argparse.Namespace) -> int:
    """One block for each persona; their secrets come from the demo's own data folder."""
    sys.stdout.write("Enter by a button on the first page, or sign in as one of them:\n")
    for slug, persona in PERSONAS.items():
        try:
            secret = totp_secret_for(persona.email)
        except OSError as error:
            sys.stdout.write(f"  nobody can: {error.strerror}: {error.filename or settings.HAMKORI_DATA}\n")
            return 1
        sys.stdout.write(
            f"  {slug}: {persona.email}\n"
            f"    passphrase: {passphrase_for(persona.email)}\n"
            f"    code: {totp.code(secret)} for some minutes, later from an authenticator with the key {secret}\n"
        )
    return 0


class Command(Coded):
    main = staticmethod(main)
