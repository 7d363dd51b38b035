"""Pure rules: no database, no clock. Hypothesis keeps no folder and is not timed, so that a slow machine lies about nothing."""

from hypothesis import settings

settings.register_profile("rules", database=None, deadline=None, max_examples=60)
settings.load_profile("rules")
