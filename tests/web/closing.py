"""The end of a browser test whose pages are answered by the test itself."""

from collections.abc import Iterable

from playwright.sync_api import BrowserContext


def close(contexts: Iterable[BrowserContext]) -> None:
    """Closes them once nobody answers any more: closed under an answer on its way, a context waits for ever."""
    for context in contexts:
        for page in context.pages:
            page.unroute_all(behavior="wait")
        context.close()
