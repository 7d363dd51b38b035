"""What is said to `import-directory`."""

import argparse

from hamkori.vocabulary.country import FALLBACK, READ_FIRST


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of `import-directory`."""
    parser.add_argument("path", help="folder with the JSON files of an Open Referral HSDS 3.0 package")
    parser.add_argument("--apply", action="store_true", help="write; without it everything is only tried")
    parser.add_argument("--source", default="", help="name of the source (default: that of the folder)")
    parser.add_argument("--language", default=FALLBACK, choices=READ_FIRST, help="language of its texts")
    parser.add_argument("--mapping", default="", help="JSON file that explains foreign terms and bodies")
    parser.add_argument("--problems", type=int, default=50, metavar="N", help="show at most N problems (default: 50)")
