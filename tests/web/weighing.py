"""Weighs every page of a copy of the world: bytes on the wire, files it asks for, questions to the database.

`python -m tests.web.weighing FILE`, in the environment of the web process, prints JSON; the whole of Django answers, in
this process. FILE: where the cookies of everybody are.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django
import psycopg
from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.db import connection
from django.test import Client

from hamkori.site.screens.pages import pages

FILE = re.compile(r"""(?:href|src)="(/static/[^"#?]+)""")
PROVISIONAL = "Words for help, steps and reasons are provisional."
IN_STYLE = re.compile(r"url\(['\"]?([^'\")#?]+)")


class Questions:
    """What the database is asked, the page's own apart from what every request asks (session, actor, rail)."""

    def __init__(self) -> None:
        self.own = 0
        self.of_request = 0
        self._in_page = 0

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        """Counts one; Django calls it around each statement."""
        if self._in_page > 0:
            self.own += 1
        else:
            self.of_request += 1
        return execute(*arguments)

    @contextmanager
    def page(self, by: int) -> Iterator[None]:
        """Inside the view (1), or back out of it while the rail is drawn (-1)."""
        self._in_page += by
        try:
            yield
        finally:
            self._in_page -= by


def main(file: Path) -> None:
    """One line of JSON: by page the numbers."""
    django.setup()
    from hamkori.web import nav  # it reads models, which are there from here on

    doors = json.loads(file.read_text())["doors"]
    counting = Questions()
    plain, of_rail, of_today = BaseHandler.make_view_atomic, nav.places, nav.stand

    def counted(self: BaseHandler, view: Callable[..., Any]) -> Callable[..., Any]:
        inner = plain(self, view)

        def asked(*arguments: Any, **named: Any) -> Any:
            with counting.page(1):
                answer = inner(*arguments, **named)
                return answer.render() if hasattr(answer, "render") and callable(answer.render) else answer

        asked.__dict__.update(view.__dict__)
        return asked

    def rail(request: Any) -> Any:
        with counting.page(-1):
            return of_rail(request)

    def stand(request: Any, rows: list[int]) -> None:
        with counting.page(-1):
            of_today(request, rows)

    BaseHandler.make_view_atomic = counted  # type: ignore[method-assign]
    nav.places, nav.stand = rail, stand
    with psycopg.connect(os.environ["HAMKORI_OWNER_URL"], autocommit=True, options="-c role=hk_owner") as owner:
        wanted = [page for page in pages(owner) if not page.press]
    weighed: dict[str, dict[str, Any]] = {}
    root = Path(settings.STATIC_ROOT)
    for page in wanted:
        client = Client(SERVER_NAME="localhost")
        for name, value in doors.get(page.who, {}).items():
            client.cookies[name] = value
        # What a process learns once is not asked again; a form that gets an address of its own is weighed there.
        led = client.get(page.path, follow=True).redirect_chain
        path = led[-1][0] if led else page.path
        counting.own = counting.of_request = 0
        with connection.execute_wrapper(counting):
            answer = client.get(path)
        files = _files(root, answer.content.decode())
        weighed[page.name] = {
            "who": page.who,
            "form": page.form,
            "opens": page.opens,
            "status": answer.status_code,
            "bytes": len(answer.content),
            "provisional": answer.content.decode().count(PROVISIONAL),
            "gz": len(gzip.compress(answer.content)),
            "files": {path: _wire(root, path) for path in files},
            "own": counting.own,
            "request": counting.of_request,
        }
    sys.stdout.write(json.dumps(weighed))


def _files(root: Path, html: str) -> list[str]:
    """What the page makes a browser fetch, with what its styles ask for."""
    found = dict.fromkeys(FILE.findall(html))
    for path in [path for path in found if path.endswith(".css")]:
        style = root / path.removeprefix("/static/")
        for inside in IN_STYLE.findall(style.read_text()):
            if not inside.startswith("data:"):
                found["/static/" + str((style.parent / inside).resolve().relative_to(root.resolve()))] = None
    return list(found)


def _wire(root: Path, path: str) -> int:
    """As it travels: WhiteNoise sends the compressed sister of a file where there is one."""
    file = root / path.removeprefix("/static/")
    packed = file.with_name(file.name + ".gz")
    return (packed if packed.exists() else file).stat().st_size


if __name__ == "__main__":
    main(Path(sys.argv[1]))
