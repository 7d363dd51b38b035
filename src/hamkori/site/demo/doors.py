"""Prints how to come in: the personas of the first page, with what each would type at the ordinary sign-in.

`python -m hamkori.site.demo.doors [EMAIL]`: with an e-mail only that person's code of this moment.
"""

import sys

import django


def main(arguments: list[str]) -> int:
    """One block for each persona; their secrets come from the demo's own data folder."""
    django.setup()
    from django.conf import settings

    from hamkori.people import totp
    from hamkori.site.demo.cast import PERSONAS
    from hamkori.site.demo.secret import passphrase_for, totp_secret_for

    if arguments:
        sys.stdout.write(totp.code(totp_secret_for(arguments[0])) + "\n")
        return 0
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


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
