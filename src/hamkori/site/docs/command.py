"""`./hamkori docs`: the pages of `docs/` that are drawn from tables, so that a reviewer sees a change as people will.

A page's text is made here; what it says lives in its table. `--check` writes nothing and names the pages that lag.
"""

import argparse
import re
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from hamkori import lifecycle
from hamkori.access import policy
from hamkori.calendar.clocks import RungRule, Span
from hamkori.casework.case.rules import sections
from hamkori.site.rooms import HOUSE, rules
from hamkori.vocabulary import CodeList, codelist, list_names
from hamkori.vocabulary.country import LANGUAGES

FOLDER = HOUSE.parents[1] / "docs"
RowT = TypeVar("RowT", bound=lifecycle.Step)
# What a variable of the environment is for; the settings say how it is read and what it is without one.
VARIABLES = {
    "HAMKORI_ADDRESS": "address of the first page, as it stands in mails",
    "HAMKORI_ASSUME_ROLE": "the role that a connection takes after signing in to the database (owner and tests only)",
    "HAMKORI_BEHIND_PROXY": "1 if a proxy ends TLS and sets X-Forwarded-Proto",
    "HAMKORI_BODY_SECONDS": "from the first byte of a request to its last",
    "HAMKORI_CLOCK_URL": "address of the database for the worker, signing in as hk_clock",
    "HAMKORI_CONNECTIONS": "open connections of one web process; who comes then takes the place of who waits longest",
    "HAMKORI_COMPLAINTS": "where a person can complain, as pages and the printed consent say it; unset: not recorded",
    "HAMKORI_CONNECTIONS_OF_ADDRESS": "the same for one address; not counted behind a proxy, which counts itself",
    "HAMKORI_COORDINATOR": "how the national coordinator is reached, as pages say it; unset: not recorded",
    "HAMKORI_DATA": "folder of what this machine keeps: keyring, static files, a demo's database",
    "HAMKORI_DATABASE_URL": "address of the database for the web process, signing in as hk_app",
    "HAMKORI_EMERGENCY_AMBULANCE": "number that pages name for an ambulance",
    "HAMKORI_EMERGENCY_CONFIRMED": "1 once an operator has tried the three numbers; until then pages mark them",
    "HAMKORI_EMERGENCY_LIFE": "number that pages name for danger to life",
    "HAMKORI_EMERGENCY_POLICE": "number that pages name for the police",
    "HAMKORI_HEAD_SECONDS": "from the first byte of a request to the end of its headers",
    "HAMKORI_HOSTS": "names under which the site is reached",
    "HAMKORI_IDLE_SECONDS": "how long a connection may stay open without a request",
    "HAMKORI_KEYRING": "folder of the keyring, outside the database and its backups",
    "HAMKORI_LOCK_SECONDS": "how long a page waits for a case, or a row or table of the database, that somebody holds",
    "HAMKORI_MAIL_FROM": "sender of our mail",
    "HAMKORI_MAIL_HOST": "mail server",
    "HAMKORI_MAIL_PASSWORD": "its password",  # nosec B105
    "HAMKORI_MAIL_PORT": "its port",
    "HAMKORI_MAIL_TLS": "whether to speak TLS with it",
    "HAMKORI_MAIL_USER": "its user",
    "HAMKORI_MARKS": "folder of the marks and alarms, outside the database and its backups",
    "HAMKORI_MODE": "production, test or demo",
    "HAMKORI_ORIGINS": "origins trusted for forms, if a proxy changes the host",
    "HAMKORI_OWNER_URL": "address of the database for migrations, signing in as hk_migrate",
    "HAMKORI_POOL": "most connections of one web process",
    "HAMKORI_PREPARE": "Prepare a statement after this many uses; 0: never.",
    "HAMKORI_PROCESS": "web, worker or owner: which of the addresses this process knows",
    "HAMKORI_SECRET_KEY": "Django's secret; nobody is served without it",  # nosec B105
    "HAMKORI_SEND_SECONDS": "how long a reader may take for one answer",
    "HAMKORI_SIGNING_KEY": "file of the worker's key that signs the ledger; `chain` and `head` lie beside it",
    "HAMKORI_STATEMENT_SECONDS": "how long one statement of a page may take",
    "HAMKORI_STATIC": "folder of the collected static files",
    "HAMKORI_TIME_ZONE": "time zone of the pages, and of the database since the last migrate",
    "HAMKORI_WORKER_SECRET": "file of what the worker shows the database beside its password; made at its first start",
}
READ = re.compile(r'env\.(text|choice|flag|number|words)\(\s*"(HAMKORI_\w+)"')
ADDRESS = re.compile(r'"(HAMKORI_\w+_URL)"')


def page_of_policy() -> str:
    """Who may do what, and which function holds which section."""
    columns = "|".join(sections.SECTIONS)
    rows = [
        f"|{function}|" + "|".join(held.get(section, "-") for section in sections.SECTIONS) + "|"
        for function, held in sections.FUNCTION_SECTION.items()
    ]
    return (
        "# Who may do what\n\nA pair that is not listed is denied. No role has all cases.\n\n"
        f"{policy.markdown()}\n# Which function holds which section\n\n"
        "r: reads, w: reads and writes, -: does not hold. It is stored when somebody is admitted to a case.\n\n"
        f"|function|{columns}|\n|{'---|' * (len(sections.SECTIONS) + 1)}\n" + "\n".join(rows) + "\n"
    )


def page_of_lifecycles() -> str:
    """The machines as pictures and tables, the clocks, and the sentence of every guard."""
    parts = ["# Lifecycles\n"]
    parts += [_machine(machine) for machine in machines()]
    clocks = "".join(
        f"|{row.name}|{_span(row.target)}|{', '.join(map(_rung, row.rungs))}|{row.end}|\n"
        for rows in tables("CLOCKS")
        for row in rows.values()
    )
    parts.append(
        "## Clocks\n\nEvery number is a shipped default and an *answer target*, never law.\n\n"
        f"|clock|target|rungs|at the end|\n|---|---|---|---|\n{clocks}"
    )
    said = (lifecycle.SENTENCES, *tables("SENTENCES"))
    guards = "".join(f"|{key}|{sentence}|\n" for table in said for key, sentence in table.items())
    parts.append(
        f"## Guards\n\nWhat a person reads when a step cannot happen.\n\n|guard|sentence|\n|---|---|\n{guards}"
    )
    return "\n".join(parts)


def machines() -> list[lifecycle.Machine[Any]]:
    """Every lifecycle that some rule of the house holds, each once."""
    found = (value for module in rules() for value in vars(module).values() if isinstance(value, lifecycle.Machine))
    return list(dict.fromkeys(found))


def tables(name: str) -> list[dict[str, Any]]:
    """Every table of that name that some rule of the house holds, each once."""
    found = {id(table): table for module in rules() if isinstance(table := vars(module).get(name), dict)}
    return list(found.values())


def _machine(machine: lifecycle.Machine[RowT]) -> str:
    return f"## {machine.name}\n\n```mermaid\n{lifecycle.mermaid(machine)}```\n\n{lifecycle.markdown(machine)}"


def _span(span: Span) -> str:
    if span.unit == "half":
        return "half the time"
    if span.unit == "next_day":
        return "the close of the next working day"
    if span.unit == "hours_on_end":
        return f"{span.amount} working hours on end"
    return f"{span.amount} {span.unit.replace('_', ' ')}" if span.amount else "the agreed time"


def _rung(rung: RungRule) -> str:
    when = f"{_span(rung.after)} after the {rung.base}" if rung.after.amount else f"at the {rung.base}"
    least = f", and not before {_span(rung.not_before)}" if rung.not_before else ""
    return f"{rung.name}: {when}{least}"


def page_of_codelists() -> str:
    """Every list with its source, its mark, and its codes in all languages."""
    parts = ["# Code lists\n\nThe database holds codes; words live here. A list marked provisional is shown as such.\n"]
    parts += [_list(codelist(name)) for name in list_names()]
    return "\n".join(parts)


def _list(words: CodeList) -> str:
    mark = " **Provisional.**" if words.provisional else ""
    rows = "".join(
        f"|`{entry.code}`|"
        + "|".join(_cell(entry.labels.get(language, "")) for language in LANGUAGES)
        + f"|{'unverified' if entry.unverified else 'provisional' if entry.provisional else ''}|\n"
        for entry in words
    )
    head = f"|code|{'|'.join(LANGUAGES)}|mark|\n|{'---|' * (len(LANGUAGES) + 2)}\n"
    return f"## {words.name}\n\n{words.definition}{mark} Source: {words.source}\n\n{head}{rows}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def page_of_settings() -> str:
    """Every variable of the environment that the settings read."""
    found = dict(sorted(variables()))
    rows = "".join(f"|`{name}`|{found[name]}|{VARIABLES[name]}|\n" for name in found)
    return (
        "# Settings\n\nRead from the environment at start. A value that cannot be meant is refused.\n\n"
        f"|variable|read as|what it is|\n|---|---|---|\n{rows}"
    )


def variables() -> Iterator[tuple[str, str]]:
    """Name and reader of every variable that the settings name."""
    settings = (HOUSE / "site" / "settings.py").read_text("utf-8")
    yield from ((name, reader) for reader, name in READ.findall(settings))
    yield from ((name, "address") for name in ADDRESS.findall(settings))


PAGES: dict[str, Callable[[], str]] = {
    "policy.md": page_of_policy,
    "lifecycles.md": page_of_lifecycles,
    "codelists.md": page_of_codelists,
    "settings.md": page_of_settings,
}
NOTE = "<!-- Drawn by ./hamkori docs. Change the table, not this page. -->\n\n"


def lagging() -> list[str]:
    """Names of the pages that do not say what their tables say."""
    return [
        name
        for name, make in PAGES.items()
        if not (FOLDER / name).exists() or (FOLDER / name).read_text("utf-8") != NOTE + make()
    ]


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of `docs`."""
    parser.add_argument("--check", action="store_true", help="write nothing; name the pages that lag")


def main(arguments: argparse.Namespace) -> int:
    """Draws the pages. With --check: 1 if one lags behind its table."""
    behind = lagging()
    if arguments.check:
        print(
            "\n".join(f"docs/{name} lags behind its table; run ./hamkori docs" for name in behind) or "All pages match."
        )
        return 1 if behind else 0
    FOLDER.mkdir(exist_ok=True)
    for name in behind:
        (FOLDER / name).write_text(NOTE + PAGES[name](), "utf-8")
        print(f"drew docs/{name}")
    return 0
