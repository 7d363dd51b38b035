"""Child or not: what an age band means. Unknown but perhaps under 18 is written as a child of unknown age.

See docs/design/consent.md#a-child.
"""

CHILD_BANDS = ("a0_8", "a9_17", "child_age_unknown")
"""Bands in which a person is treated as a child."""
