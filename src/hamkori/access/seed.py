"""Writes the rooms' lifecycles into the database; run by `migrate` after the walls, as the owner."""

from hamkori.access.machines import write

__all__ = ["write"]
