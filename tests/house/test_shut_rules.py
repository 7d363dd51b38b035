"""The rules of `./hamkori check shut`, each broken on purpose in a copy of the source."""

from __future__ import annotations

from functools import cache

import pytest

from hamkori.site.checks import shut_rules
from tests.attacks import counted

WORKS = "from hamkori.vault.server import keyring, trust\nfrom hamkori.vault.bytes import Sealed, Untrusted\n"


def of(*lines: str) -> str:
    """A file of these lines."""
    return "\n".join(lines) + "\n"


NEW: dict[str, tuple[str, str]] = {
    # where a new file lies, what stands in it, what of it is named
    "a job that opens": (
        "jobs/looking.py",
        WORKS + of("def look():", "    keyring().unlock_kept('seed', b'')"),
        "jobs.looking.look > vault.keyring.Keyring.unlock_kept",
    ),
    "a job that calls who opens": (
        "jobs/looking.py",
        of("from hamkori.casework.consent.queries import said", "def look():", "    return said.newest(1)"),
        "jobs.looking.look > casework.consent.queries.said.newest",
    ),
    "a job that catches one of the two": (
        "jobs/looking.py",
        WORKS + of("def look():", "    try:", "        trust().require(1, b'')", "    except Sealed:", "        raise"),
        "jobs.looking.look > vault.trust.Trust.require",
    ),
    "a job that hands it on": (
        "jobs/looking.py",
        WORKS
        + of(
            "def look():",
            "    each(read, [])",
            "def read():",
            "    raise Untrusted('post', 'x')",
            "def each(do, of): ...",
        ),
        "jobs.looking.read",
    ),
    "a file that opens when it is read": (
        "web/kept.py",
        WORKS + of("SEED = keyring().unlock_kept('seed', b'')"),
        "web.kept.<module> > vault.keyring.Keyring.unlock_kept",
    ),
    "a program of its own": (
        "site/program.py",
        WORKS + of("def main():", "    keyring().unlock_kept('x', b'')", "if __name__ == '__main__':", "    main()"),
        "site.program.<module> > site.program.main",
    ),
    "a page that swallows": (
        "web/kept.py",
        WORKS
        + of(
            "def page():",
            "    try:",
            "        keyring().unlock_kept('x', b'')",
            "    except Sealed:",
            "        return None",
        ),
        "web.kept.page catches Sealed",
    ),
    "a page that swallows both among others": (
        "web/kept.py",
        WORKS
        + of(
            "def page():",
            "    try:",
            "        trust().require(1, b'')",
            "    except (ValueError, Untrusted, Sealed):",
            "        pass",
        ),
        "web.kept.page catches Sealed and Untrusted",
    ),
    "a page that swallows by suppress": (
        "web/kept.py",
        WORKS
        + of(
            "from contextlib import suppress",
            "def page():",
            "    with suppress(Untrusted):",
            "        trust().require(1, b'')",
        ),
        "web.kept.page catches Untrusted",
    ),
}
CHANGED: dict[str, tuple[str, str, str, str]] = {
    # file, what stands there, what stands there instead, what of it is named
    "the slow half is not caught": (
        "web/kit/ahead.py",
        "with suppress(Sealed, Untrusted, Nameless):",
        "with suppress(Sealed):",
        "web.kit.ahead.done > web.account.slow.join > people.stretching.by_link > people.actions.welcome.look",
    ),
    "the ring of the pages lets one through": (
        "web/middleware.py",
        "case Untrusted() | Sealed():",
        "case Untrusted():",
        "web.middleware.ActorMiddleware.process_exception no longer",
    ),
    "the ring of the pages writes nothing down": (
        "web/middleware.py",
        'refusal = mismatch(getattr(request, "actor", None), exception, "page.view")',
        'refusal = NotNow("tag_mismatch")',
        "web.middleware.ActorMiddleware.process_exception no longer",
    ),
    "acts let one through": (
        "action.py",
        "except (Untrusted, Sealed) as error:",
        "except Untrusted as error:",
        "action.Action._try no longer",
    ),
    "a command lets one through": (
        "site/management/commands/keys.py",
        "except (Sealed, Untrusted) as error:",
        "except Sealed as error:",
        "site.management.commands.keys.main > site.management.commands.keys.turn",
    ),
    "commands write nothing down": (
        "site/management/answers.py",
        'mismatch(None, error, f"command.{command}")',
        "pass",
        "site.management.answers.broken_off no longer",
    ),
    "a session that does not open is a fault": (
        "web/sessions/store.py",
        "except (Sealed, ValueError):",
        "except ValueError:",
        "web.sessions.store.SessionStore.load > vault.keyring.Keyring.unlock_kept",
    ),
    "a cookie that is none is a fault": (
        "vault/session.py",
        "except (ValueError, binascii.Error, Sealed):",
        "except (ValueError, binascii.Error):",
        "web.middleware.ContextMiddleware.__call__",
    ),
}


@cache
def house() -> dict[str, str]:
    return shut_rules.sources()


def named(**changed: str) -> list[str]:
    return list(shut_rules.faults({**house(), **changed}))


@pytest.mark.parametrize("what", NEW)
@pytest.mark.thin(3)
def test_a_new_file_that_breaks_a_rule_is_named(what: str) -> None:
    path, text, way = NEW[what]
    assert path not in house()
    faults = named(**{path: text})
    assert any(way in fault for fault in faults), faults
    counted.tried()


@pytest.mark.parametrize("what", CHANGED)
@pytest.mark.thin(3)
def test_a_line_that_is_taken_out_is_named(what: str) -> None:
    path, before, after, way = CHANGED[what]
    assert house()[path].count(before) == 1
    faults = named(**{path: house()[path].replace(before, after)})
    assert any(way in fault for fault in faults), faults
    counted.tried()


def test_a_new_ring_that_opens_is_named() -> None:
    ring = WORKS + of(
        "class Ring:", "    def __call__(self, request):", "        return keyring().unlock_kept('x', b'')"
    )
    last = '"hamkori.web.middleware.ActorMiddleware",'
    settings = house()["site/settings.py"].replace(last, f'{last} "hamkori.web.rings.Ring",')
    faults = named(**{"web/rings.py": ring, "site/settings.py": settings})
    assert any("web.rings.Ring.__call__ > vault.keyring.Keyring.unlock_kept" in fault for fault in faults), faults
    assert named(**{"web/rings.py": ring}) == [], "nobody calls it"
    counted.tried()


RIGHT = {
    "a slow half that opens": (
        "web/account/slower.py",
        of(
            "from hamkori.people.facts import required",
            "from hamkori.web.kit.ahead import beforehand",
            "def plan(request):",
            "    required(request)",
            "url = beforehand(plan)(print)",
        ),
    ),
    "a page that opens": (
        "web/kept.py",
        WORKS + of("def page(request):", "    return keyring().unlock_kept('x', b'')"),
    ),
    "a job that raises the alarm": (
        "jobs/looking.py",
        WORKS
        + of(
            "from hamkori.vault.server import alarm",
            "def look():",
            "    try:",
            "        trust().require(1, b'')",
            "    except Untrusted as error:",
            "        alarm(error)",
        ),
    ),
    "a job that calls an act": (
        "jobs/looking.py",
        of(
            "from hamkori.casework.case.actions.section import open_section",
            "def look(actor, case):",
            "    open_section(actor, case)",
        ),
    ),
    "a table that names a page": (
        "web/urls_of_more.py",
        of(
            "from hamkori.web.cases.section import section",
            "from django.urls import path",
            "urls = [path('x/', section)]",
        ),
    ),
}


@pytest.mark.parametrize("what", RIGHT)
def test_what_is_right_is_not(what: str) -> None:
    path, text = RIGHT[what]
    assert named(**{path: text}) == []


def test_the_house_keeps_them_and_no_reason_is_idle(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert shut_rules.main() == 0, capsys.readouterr().out
    monkeypatch.setitem(shut_rules.QUIET, "web.kept.page", "nothing of that name is there")
    monkeypatch.setitem(shut_rules.AT_HOME, "web.kept.<module>", "nothing of that name is there")
    monkeypatch.setitem(shut_rules.NOT_THERE, ("web.kept.page", "vault.bytes.unlock"), "nothing of that name is there")
    assert shut_rules.main() == 1
    assert capsys.readouterr().out.count("any more") == 3
