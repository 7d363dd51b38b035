"""Keys do not outlive the request for which they were opened."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from hamkori.vault.memory import wiped_after

Pages = Callable[[dict[str, Any], Any], Iterable[bytes]]


def wiping(pages: Pages) -> Pages:
    """The same pages; what was opened for a request is wiped when its answer is made, whoever still holds it.

    An answer is whole by then: the middleware stops one that would be made while it is sent.
    """

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        with wiped_after():
            return pages(environ, start_response)

    return answer
