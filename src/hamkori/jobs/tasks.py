"""What the worker does by itself, and how often. Each may run late, twice or after a stop without harm.

See docs/design/engine.md#the-worker-and-the-queue.
"""

from __future__ import annotations

from django.conf import settings
from procrastinate.contrib.django import app

from hamkori.audit import daily, sealer
from hamkori.audit.witness import Witness
from hamkori.casework.work.actions import clock
from hamkori.notices import mail
from hamkori.people.late_alarms import Copier

copier = Copier()

# Of six fields the last one is the seconds.


@app.periodic(cron="* * * * * */10")
@app.task(queueing_lock="tick", lock="clock")
def tick(timestamp: int) -> None:
    """Reminders, escalations, lapses: silence escalates by itself."""
    clock.tick()


@app.periodic(cron="* * * * * */10")
@app.task(queueing_lock="post", lock="post")
def post(timestamp: int) -> None:
    """Mails that are due: a number and a link, nothing else; and once a day the ledger's head, to the auditors."""
    mail.send_due(settings.HAMKORI_ADDRESS)
    with daily.head_for_today(Witness(settings.HAMKORI_SIGNING_KEY)) as head:
        if head is not None:
            mail.send_head(head.text)


@app.periodic(cron="* * * * * *")
@app.task(queueing_lock="seal", lock="seal")
def seal(timestamp: int) -> None:
    """The ledger's committed rows go into the chain; every minute its newest value is signed."""
    sealer.work(Witness(settings.HAMKORI_SIGNING_KEY))


@app.periodic(cron="* * * * * */10")
@app.task(queueing_lock="alarms", lock="alarms")
def alarms(timestamp: int) -> None:
    """Alarms of the pages' file that the ledger lacks go into it, some at a time."""
    copier.turn()


@app.periodic(cron="*/15 * * * *")
@app.task(queueing_lock="sweep", lock="clock")
def sweep(timestamp: int) -> None:
    """Repairs what an interrupted ending left, and reckons usual answer times."""
    clock.sweep()
