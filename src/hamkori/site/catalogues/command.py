"""`./hamkori catalogues`: keep the translations in step, check them, carry them to a translator and back."""

import argparse
import sys
from pathlib import Path

from hamkori.site.catalogues import sheet
from hamkori.site.catalogues.check import check
from hamkori.site.catalogues.counts import counts, table
from hamkori.site.catalogues.merge import compile_all, update
from hamkori.site.catalogues.sources import HOUSE

TASKS = {
    "update": "bring every catalogue in step with the sources, then compile",
    "check": "say what is missing or wrong",
    "count": "say how many texts each room has, and how many of them are written in each language",
    "compile": "compile what is newer than its compiled file",
    "missing": "write the untranslated messages as CSV",
    "fill": "take a translated CSV in",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of `catalogues`."""
    parser.add_argument("task", choices=TASKS, help="; ".join(f"{name}: {words}" for name, words in TASKS.items()))
    parser.add_argument("sheet", nargs="?", type=Path, help="for fill: the CSV file")


def main(arguments: argparse.Namespace) -> int:
    """Do one of TASKS. The exit code: 0 done, 1 findings, 2 not understood."""
    match arguments.task:
        case "update":
            for path in update():
                print(f"changed {path.relative_to(HOUSE)}")
            compile_all()
        case "check":
            findings = check()
            print("\n".join(findings) or "Every string is there in Tajik, Russian and French.")
            return 1 if findings else 0
        case "count":
            print("\n".join(table(counts())))
        case "compile":
            print(f"{compile_all()} compiled")
        case "missing":
            sheet.missing(sys.stdout)
        case "fill":
            if arguments.sheet is None:
                print("Name the CSV file: ./hamkori catalogues fill FILE.csv")
                return 2
            print(f"{sheet.fill(arguments.sheet)} catalogues changed")
            compile_all()
    return 0
