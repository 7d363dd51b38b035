"""The pages of `docs/` that are drawn from tables."""
