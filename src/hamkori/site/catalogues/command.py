"""`./hamkori catalogues`: keep the translations in step, check them, carry them to a translator and back."""

import sys
from pathlib import Path

from hamkori.site.catalogues import sheet
from hamkori.site.catalogues.check import check
from hamkori.site.catalogues.merge import compile_all, update
from hamkori.site.catalogues.sources import HOUSE

USAGE = """./hamkori catalogues update         bring every catalogue in step with the sources, then compile
./hamkori catalogues check          say what is missing or wrong
./hamkori catalogues compile        compile what is newer than its compiled file
./hamkori catalogues missing        write the untranslated messages as CSV
./hamkori catalogues fill FILE.csv  take a translated CSV in"""


def main(arguments: list[str]) -> int:
    """The exit code: 0 done, 1 findings, 2 not understood."""
    match arguments:
        case ["update"]:
            for path in update():
                print(f"changed {path.relative_to(HOUSE)}")
            compile_all()
        case ["check"]:
            findings = check()
            print("\n".join(findings) or "Every string is there in Tajik, Russian and French.")
            return 1 if findings else 0
        case ["compile"]:
            print(f"{compile_all()} compiled")
        case ["missing"]:
            sheet.missing(sys.stdout)
        case ["fill", name]:
            print(f"{sheet.fill(Path(name))} catalogues changed")
            compile_all()
        case _:
            print(USAGE)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
