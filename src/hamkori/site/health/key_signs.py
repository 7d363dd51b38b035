"""Parts of the pulse that `status` alone asks: the keys of organisations, and what the worker shows the database."""

from collections.abc import Iterator

from hamkori.site.database import worker_secret
from hamkori.site.health import pulse
from hamkori.site.health.pulse import Here, Sign

SECRET = "Worker's secret"  # nosec B105


def continuity(here: Here) -> Iterator[Sign]:
    """How many organisations must make their key, and how many cases it does not open yet. Numbers, no names."""
    row = here.connection.execute("select due, cases from continuity_due()").fetchone()
    due, cases = row if row else (0, 0)
    waits = f"; {cases} cases have parts under an older one until their people open them" if cases else ""
    if due:
        text = f"due in {due} organisation{'s' if due > 1 else ''}: two key holders make it on the page Keys{waits}"
        yield Sign("Continuity keys", text, well=False)
    else:
        yield Sign("Continuity keys", f"every organisation has its own{waits}", well=True)


def secret_of_the_worker(here: Here) -> Iterator[Sign]:
    """Whether a worker that begins now can show what this database knows it by. Only its own user sees the file."""
    if here.worker_secret is None or not pulse.reachable(here.worker_secret):
        yield Sign(SECRET, pulse.NOT_SEEN, well=None)
        return
    try:
        is_there = bool(worker_secret.read(here.worker_secret))
    except worker_secret.SecretRefused as refused:
        yield Sign(
            SECRET, f"{here.worker_secret} can not be used: {worker_secret.SENTENCES[refused.reason]}", well=False
        )
        return
    is_known = here.connection.execute("select worker_is_known()").fetchone() == (True,)
    if not is_there and is_known:
        yield Sign(SECRET, f"{here.worker_secret} can not be used: {worker_secret.SENTENCES['missing']}", well=False)
    elif is_there:
        yield Sign(SECRET, "it can be read", well=True)
    else:
        yield Sign(SECRET, "there is none yet; the first worker that begins makes it", well=True)
