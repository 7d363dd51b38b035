"""What `./hamkori keys` does, once it is the process whose keys they are."""

import argparse
import time
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import OperationalError, connection, transaction

from hamkori.audit import sealer
from hamkori.audit.ledger import LedgerRow, append
from hamkori.audit.signing import SigningRefused, public_text
from hamkori.audit.witness import Witness, WitnessRefused
from hamkori.casework.referral.actions import release
from hamkori.command import Coded
from hamkori.site.database import worker_secret
from hamkori.site.health import pulse
from hamkori.site.keys import turning, versions
from hamkori.site.launch import keys as launched
from hamkori.site.launch.supervise import say
from hamkori.site.management import answers
from hamkori.vault.bytes import Sealed, Untrusted
from hamkori.vault.keyring import KeyringRefused
from hamkori.vault.marks import MarksLost

PATIENCE = 15.0
WAITED = ("55P03", "57014")  # for a lock, for the end of a statement
SHOWN = 20
BUSY = "Something was written for so long that the turn did not begin. Try again; what was begun is then finished."

AT_WORK = """\
The worker that is known gave a sign of life {ago} ago. Once it is forgotten it does nothing more: the time
limits, the mail and the sealer stop until another one begins. Nothing was changed. To do it all the same:
./hamkori keys forget-worker --apply"""


def main(arguments: argparse.Namespace) -> int:
    """0 done, 1 a sentence that says what to mend."""
    name = launched.name_of(arguments)
    try:
        if arguments.act == "forget-worker":
            return forget_worker(apply=arguments.apply)
        if name == "release":
            return turn_release()
        if name in launched.OF_THE_WORKER:
            return turn_of_the_worker(name)
        return turn(name) if name else look()
    except KeyringRefused as refused:
        say(answers.why_refused(refused.reason))
    except MarksLost:
        say(answers.NO_MARKS)
    except (Sealed, Untrusted) as error:
        return answers.broken_off("keys", error)
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") not in WAITED:
            raise
        say(BUSY)
    return 1


def turn_release() -> int:
    """Turn the release key once, and say what was done. 1: something did not open, or was named by nobody of ours."""
    done = release.turn(settings.HAMKORI_KEYRING, say)
    for seal in sorted(done.shut)[:SHOWN]:
        say(f"Seal {seal} does not open and was left behind.")
    if len(done.shut) > SHOWN:
        say(f"And {len(done.shut) - SHOWN} more; see ./hamkori tags status.")
    for epoch, until in done.kept.items():
        say(f"The key of epoch {epoch} waits for what was left, until {until:%Y-%m-%d %H:%M} UTC.")
        say("Put right before that, by its row of a backup, it comes over with the next run; after that it is lost.")
    for epoch in done.foreign:
        say(f"The database named epoch {epoch}, which this keyring never had. Its row was deleted.")
    gone = ", ".join(map(str, done.destroyed))
    say(f"Epoch {done.epoch}: {done.locked_anew} locked anew, destroyed: {gone or 'none'}.")
    return 1 if done.shut or done.foreign else 0


def turn_of_the_worker(name: str) -> int:
    """Turn the key that seals or the one that signs the ledger; they lie in files of the worker, who may go on."""
    witness = Witness(settings.HAMKORI_SIGNING_KEY)
    begin = sealer.renew_chain_key if name == "chain" else sealer.renew_signing_key
    try:
        _patiently(lambda: begin(witness))
        # Whoever seals next, the worker or this process, makes the checkpoint that names it.
        if not _patiently(lambda: (sealer.work(witness), sealer.is_named(witness))[1]):
            say("Nothing was sealed yet; the worker names the new key with its next signature.")
        elif name == "chain":
            say(f"chain: from its next batch on the ledger is sealed under key {witness.keys().number}.")
        else:
            say(f"signing: the new public key is {public_text(witness.signer())}. Keep the first too: it names this.")
    except (WitnessRefused, SigningRefused, OSError) as refused:
        say(f"The worker's keys cannot be turned: {refused}.")
        return 1
    return 0


def _patiently(do: Callable[[], object]) -> bool:
    """Until it says other than no. Another sealer may be at work for a moment, or a transaction hold its rows open."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            if do() is not False:
                return True
        except WitnessRefused as refused:
            if refused.reason != "busy" or time.monotonic() > until:
                raise
        if time.monotonic() > until:
            return False
        time.sleep(0.2)


def turn(name: str) -> int:
    """Turn another key of the keyring as far as it goes now, and say what waits. 1: a version or a row was nobody's."""
    done = turning.turn(name, settings.HAMKORI_KEYRING, say)
    for one in done.foreign:
        say(f"The database named version {one} of {name}, which this keyring never had. Its row was deleted.")
    for of, count in done.waits.items():
        say(f"  {count} {of} still under an older version.")
    if done.left:
        say(f"  {done.left} rows do not hold and are left behind; see ./hamkori tags status.")
        say("  Put right in time, by the row of a backup, they come over with the next run.")
    if done.until:
        until = done.until + timedelta(seconds=59)  # said in whole minutes, and never too early
        say(f"  The older version is kept until {until:%Y-%m-%d %H:%M} UTC at least.")
    if done.waits or done.until:
        say(f"Not finished: {versions.KEYS[name].waits}. Then once more: ./hamkori keys rotate {name}")
    else:
        gone = ", ".join(map(str, done.forgotten))
        say(f"Version {done.number}: nothing lies under an older one. Forgotten: {gone or 'none'}.")
    return 1 if done.foreign or done.left else 0


def forget_worker(*, apply: bool) -> int:
    """Forget the secret of the worker; of one at work it is only said. 1: nothing was done, or none was known."""
    with transaction.atomic():
        connection.ensure_connection()
        age = None if apply else worker_secret.heard(connection.connection)
        if age is not None and age <= pulse.BEATS[0].limit:
            say(AT_WORK.format(ago=pulse.span(age)))
            return 1
        if not worker_secret.forget(connection.connection):
            say("No worker is known here; the first one that begins will be.")
            return 1
        append(LedgerRow(action="key.forget", kind="worker"), system=True)
    say(
        "The worker is forgotten. Until one begins, with its own secret, the time limits, the mail and the sealer stop."
    )
    return 0


def look() -> int:
    """Say of each key what lies under which version."""
    turning.look(settings.HAMKORI_KEYRING, say)
    return 0


class Command(Coded):
    configure = staticmethod(launched.configure)
    main = staticmethod(main)
