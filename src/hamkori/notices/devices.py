"""A kind of browser in words, for pages and mails."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hamkori.vocabulary.devices import names_of


def device_words(code: str) -> str:
    """A code in the active language, "Firefox on Android"; of what a browser did not say, nothing is guessed."""
    browser, system = names_of(code)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    if system:
        return _("A browser on %(system)s") % {"system": system}
    return browser or _("An unknown browser")
