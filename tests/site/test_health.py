"""Whether this process works is asked by machines: plain words, no database names, no cache."""

import pytest
from django.db import connection
from django.test import Client


@pytest.mark.django_db
def test_ready_asks_the_database_and_live_does_not():
    assert Client().get("/health/ready").content == b"ready\n"
    assert Client().get("/health/live").content == b"live\n"
    assert Client().post("/health/live").status_code == 405


@pytest.mark.django_db
def test_without_its_database_it_is_alive_and_not_ready(monkeypatch: pytest.MonkeyPatch):
    from django.db import OperationalError

    from hamkori.site import health

    class Gone:
        def cursor(self):
            raise OperationalError("connection to server on socket /var/lib/hamkori failed")

    monkeypatch.setattr(health, "connection", Gone())
    answer = Client().get("/health/ready")
    assert answer.status_code == 503
    assert b"/var/lib" not in answer.content
    assert connection.is_usable()
