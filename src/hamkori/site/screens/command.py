"""`screens`: a picture of every page, small and wide, light and dark, in two languages; faults fail the run.

On the phone in a third language too.
"""

import argparse
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from hamkori.site.launch import places
from hamkori.site.launch.supervise import say
from hamkori.site.launch.testing import WHAT_TO_INSTALL, find_browser, install_browser, journeys_can_run
from hamkori.site.screens.shots import LANGUAGES, LONG_WORDS, Roll, shoot
from hamkori.site.screens.stage import NoStage, Stage
from hamkori.site.serving.assemble import assemble


def configure(parser: argparse.ArgumentParser) -> None:
    """Where to, and which."""
    parser.add_argument("folder", nargs="?", help="where the pictures go (default: .hamkori/screens)")
    parser.add_argument("--only", metavar="NAME", help="only these pages; * stands for anything: case-*")


def main(arguments: argparse.Namespace) -> int:
    """Build the stage, shoot, say what is wrong. 1 if anything is."""
    if not journeys_can_run():
        install_browser()
    chromium = find_browser()
    if chromium is None or not journeys_can_run():
        say(f"There is no Chromium here. {WHAT_TO_INSTALL}")
        return 1
    assemble()

    folder = Path(arguments.folder or places.TREE / ".hamkori" / "screens").absolute()
    folder.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    stage = Stage()
    try:
        say("Building the stage ...")
        stage.begin()
        rolls = [Roll(language, arguments.only or "*", chromium, folder) for language in (*LANGUAGES, LONG_WORDS)]
        # A language is kept with the people of a copy: each has its own, and its own process.
        with ProcessPoolExecutor(len(rolls), mp_context=get_context("spawn")) as workers:
            found = list(workers.map(shoot, rolls))
    except NoStage as error:
        say(str(error))
        return 1
    finally:
        stage.end()
    pages, views = found[0][0], sum(part[1] for part in found)
    if not pages:
        say(f"No page is called {arguments.only}.")
        return 1
    faults = {(fault.page, fault.kind, fault.what) for part in found for fault in part[2]}
    say(f"{pages} pages, {views} views, {len(faults)} faults ({time.monotonic() - began:.0f} s). Pictures: {folder}")
    return 1 if faults else 0
