"""Codes for tests that need one that names nothing; the product's are drawn by the database."""

from __future__ import annotations

import secrets

from hamkori.vocabulary.codes import LENGTH, check_digit


def code_of(digits: str) -> str:
    """Seven digits with their check digit."""
    assert len(digits) == LENGTH - 1
    return digits + check_digit(digits)


def new_code() -> str:
    """Any code."""
    return code_of(f"{secrets.randbelow(10 ** (LENGTH - 1)):0{LENGTH - 1}d}")
