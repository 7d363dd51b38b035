"""Pure rules: no database, no clock. Hypothesis keeps no folder and is not timed: a slow machine is no failure."""

from hypothesis import settings

settings.register_profile("rules", database=None, deadline=None, max_examples=60)
settings.load_profile("rules")
