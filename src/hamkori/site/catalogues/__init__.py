"""The translations' pipeline, without gettext's binaries.

One catalogue per room and language, `src/hamkori/<room>/locale/<language>/LC_MESSAGES/django.po`. `sources` finds
the English strings in Python and templates, `merge` keeps the catalogues in step with them and compiles them, `check`
says what is missing or wrong, `sheet` carries what is missing to a translator's spreadsheet and back.
"""

from hamkori.site.catalogues.merge import compile_all

__all__ = ["compile_all"]
