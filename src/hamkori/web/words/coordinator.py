"""How the national coordinator is reached: as the installation says it, marked in the demo, and never invented."""

from django.conf import settings
from django.utils.translation import gettext as _

from hamkori.people.rules.desk_phone import bare, is_invented


def reached() -> str:
    """The whole line that stands wherever a page sends somebody to the coordinator."""
    line: str = settings.HAMKORI_COORDINATOR
    if not line:
        return _("National coordinator: not recorded.")
    if is_invented(line):
        return _("National coordinator: %(line)s (invented, cannot be called).") % {"line": bare(line)}
    return _("National coordinator: %(line)s.") % {"line": line}


def in_column() -> tuple[str, str]:
    """The same in a list of numbers: its label, and the line alone."""
    line: str = settings.HAMKORI_COORDINATOR
    said = _("%(phone)s (invented)") % {"phone": bare(line)} if is_invented(line) else line
    return _("National coordinator"), said or _("no number recorded")


def at_night() -> str:
    """The same in a row beside the number of another desk."""
    line: str = settings.HAMKORI_COORDINATOR
    if not line:
        return _("the coordinator's number is not recorded")
    if is_invented(line):
        return _("coordinator %(line)s (invented)") % {"line": bare(line)}
    return _("coordinator %(line)s") % {"line": line}


def in_row() -> str:
    """The number alone, in a row that says that the coordinator is called."""
    line: str = settings.HAMKORI_COORDINATOR
    if not line:
        return _("Coordinator: no number recorded")
    if is_invented(line):
        return _("Coordinator: %(line)s (invented)") % {"line": bare(line)}
    return _("Coordinator: %(line)s") % {"line": line}


def in_short() -> str:
    """The same beside a row of a desk without a number, where the parts of a line stand between dots."""
    line: str = settings.HAMKORI_COORDINATOR
    if not line:
        return _("no number recorded, nor the coordinator's")
    if is_invented(line):
        return _("no number recorded: coordinator %(line)s (invented)") % {"line": bare(line)}
    return _("no number recorded: coordinator %(line)s") % {"line": line}
