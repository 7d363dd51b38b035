"""The environment is read in one place, and a misspelt value is said at start."""

import json
import os
import subprocess
import sys

import pytest

from hamkori.site import environment, settings
from hamkori.site.environment import BadEnvironment
from hamkori.site.launch import surroundings


def test_a_value_that_cannot_be_meant_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HAMKORI_MODE", "prod")
    with pytest.raises(BadEnvironment, match="HAMKORI_MODE is 'prod'; it may be production, test, demo"):
        environment.choice("HAMKORI_MODE", ("production", "test", "demo"), "production")
    monkeypatch.setenv("HAMKORI_POOL", "many")
    with pytest.raises(BadEnvironment, match="HAMKORI_POOL"):
        environment.number("HAMKORI_POOL", 4)
    monkeypatch.setenv("HAMKORI_MAIL_TLS", "perhaps")
    with pytest.raises(BadEnvironment, match="HAMKORI_MAIL_TLS"):
        environment.flag("HAMKORI_MAIL_TLS")


def test_an_address_becomes_djangos_entry_with_its_extras():
    entry = environment.database(
        "postgresql://hk_app:p%40ss@db1.example,db2.example:5433/mine?sslmode=verify-full",
        options={"options": "-c a=b"},
    )
    assert (entry["HOST"], entry["USER"], entry["PASSWORD"], entry["NAME"]) == (
        "db1.example,db2.example",
        "hk_app",
        "p@ss",
        "mine",
    )
    assert entry["OPTIONS"] == {"sslmode": "verify-full", "options": "-c a=b"}


def _settings(mode: str, process: str = "web", **more: str) -> dict[str, object]:
    """The settings as another process sees them."""
    names = ["DEBUG", "SECRET_KEY", "SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "ALLOWED_HOSTS", "DATABASES"]
    show = f"print(json.dumps({{name: getattr(s, name) for name in {names}}}, default=str))"
    code = f"import json, hamkori.site.settings as s; {show}"
    known = {name: value for name, value in os.environ.items() if not name.startswith("HAMKORI_")}
    known |= {"PYTHONPATH": "src", "HAMKORI_MODE": mode, "HAMKORI_PROCESS": process} | more
    done = subprocess.run([sys.executable, "-c", code], env=known, capture_output=True, text=True, check=True)
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_production_is_the_default_and_the_demo_loses_only_what_plain_http_cannot_carry():
    real, demo = _settings("production"), _settings("demo")
    assert (real["DEBUG"], demo["DEBUG"]) == (False, False)
    assert (real["SESSION_COOKIE_NAME"], real["SESSION_COOKIE_SECURE"]) == ("__Host-hk_session", True)
    assert (demo["SESSION_COOKIE_NAME"], demo["SESSION_COOKIE_SECURE"]) == ("hk_session", False)
    assert real["ALLOWED_HOSTS"] == []
    assert real["SECRET_KEY"] == ""


@pytest.mark.parametrize("process", ["web", "worker", "owner"])
def test_each_process_knows_its_own_login_and_no_other(process: str):
    addresses = {
        variable: f"postgresql://{surroundings.LOGIN_OF[name]}@/hamkori"
        for name, variable in surroundings.VARIABLE_OF.items()
    }
    seen = str(_settings("production", process, **addresses)["DATABASES"])
    for name, login in surroundings.LOGIN_OF.items():
        assert (login in seen) == (name == process)


def test_a_child_never_inherits_the_launchers_addresses(monkeypatch: pytest.MonkeyPatch, tmp_path):
    class Server:
        def url(self, login: str, database: str) -> str:
            return f"postgresql://{login}@/{database}"

    monkeypatch.setenv("HAMKORI_OWNER_URL", "postgresql://hk_migrate@elsewhere/real")
    child = surroundings.of_process("web", "demo", Server(), "hamkori", tmp_path)
    assert "HAMKORI_OWNER_URL" not in child
    assert child["HAMKORI_DATABASE_URL"] == "postgresql://hk_app@/hamkori"
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600


def test_the_tests_run_in_their_own_mode():
    assert settings.TEST
    assert not settings.DEBUG
