"""How large a package may be. A directory of a country is far below; a bomb is far above."""

FILES = 20_000
FOLDERS_DEEP = 3
FILE_BYTES = 8 * 1024 * 1024
TOTAL_BYTES = 64 * 1024 * 1024
OPENINGS_PER_FILE = 300_000
COMMAS_PER_FILE = 1_000_000
NESTED = 24
ROWS = 200_000
CHILDREN = 2_000
DIGITS = 20
NAME = 200
TEXT = 4_000
LINE = 300
CODE = 80
PROBLEMS_KEPT = 1_000


class Refused(Exception):
    """The whole package is refused: nothing of it was looked at further, nothing was written."""
