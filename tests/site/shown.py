"""What `./hamkori tags status` shows of one row, and the check word by which two people answer for it."""

from hamkori.site.tags import tagging
from tests.database import god


def line_of(row_id: object) -> str:
    """What `tags status` shows of a row."""
    said: list[str] = []
    with god():
        tagging.look(said.append)
    return next((line for line in said if str(row_id) in line.partition(":")[0]), "")


def word_of(row_id: object) -> str:
    """Its check word."""
    return line_of(row_id).rpartition(") check word ")[2]
