"""What a page says of the lists it reads from: provisional, unverified. Loaded through `kit`."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from hamkori.vocabulary import codelist

register = template.Library()


@register.simple_tag
def unverified_below(name: str) -> SafeString | str:
    """Below a list that is ticked as a whole: that entries of it are unverified, once instead of at each."""
    unverified = [entry.unverified for entry in codelist(name)]
    if not any(unverified):
        return ""
    said = _("These entries are unverified: their sources could not be checked.")
    if not all(unverified):
        said = _("Some of these entries are unverified: their sources could not be checked.")
    return format_html('<p class="hint">{}</p>', said)


@register.simple_tag
def lists_marked(*names: str) -> SafeString | str:
    """For the foot of a page: that its lists are provisional, and what an unverified entry is. Else nothing."""
    lists = [codelist(name) for name in names]
    said = []
    if any(entry.provisional for listed in lists for entry in listed):
        said.append(_("The lists on this page are provisional: nobody outside this project has confirmed them."))
    if any(entry.unverified for listed in lists for entry in listed):
        said.append(_("“Unverified” says that the source of an entry could not be checked."))
    return format_html('<p class="hint">{}</p>', format_html_join(" ", "{}", ((one,) for one in said))) if said else ""


@register.simple_tag
def words_marked(*names: str, before: str = "") -> SafeString | str:
    """For the foot of a page that is worked on, after what `before` says there: that words of its lists are
    provisional. Once, and beside no row: there they would be read for the work.
    """
    said = [before] if before else []
    if any(entry.provisional for name in names for entry in codelist(name)):
        said.append(_("Words for help, steps and reasons are provisional."))
    line = format_html_join(" ", "{}", ((one,) for one in said))
    return format_html('<div><p class="hint">{}</p></div>', line) if said else ""
