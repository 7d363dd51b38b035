"""The auditors are told the newest head once a day, and again if the mail could not be handed over."""

import pytest

from hamkori.audit.daily import head_for_today
from hamkori.audit.witness import Head
from tests.audit.working import Worker
from tests.database import as_role, raw

pytestmark = pytest.mark.django_db(transaction=True)


def told(worker: Worker) -> Head | None:
    with as_role("hk_clock"), head_for_today(worker.witness) as head:
        return head


def test_nothing_is_told_before_anything_is_sealed(worker: Worker) -> None:
    assert told(worker) is None
    worker.days(1)
    assert told(worker) == worker.witness.head(), "the day was not used up"


def test_the_newest_head_is_told_once_a_day(worker: Worker) -> None:
    worker.days(1)
    assert told(worker) is not None
    worker.days(1)
    assert told(worker) is None
    worker.wait(hours=24)
    assert told(worker) == worker.witness.head()


def test_what_could_not_be_handed_over_is_tried_again(worker: Worker) -> None:
    worker.days(1)
    with as_role("hk_clock"), pytest.raises(OSError, match="no mail"), head_for_today(worker.witness):
        raise OSError("no mail")
    assert told(worker) is not None


def test_another_who_holds_the_lock_is_not_waited_for(worker: Worker) -> None:
    worker.days(1)
    with raw("hk_clock") as other:
        other.execute("select id from sealer for update")
        assert told(worker) is None
    assert told(worker) is not None


def test_without_the_workers_files_there_is_nothing_to_tell(worker: Worker) -> None:
    worker.days(1)
    worker.witness.signing_key.with_name("head").unlink()
    assert told(worker) is None
