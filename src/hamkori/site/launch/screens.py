"""`screens`: a picture of every page, small and wide, light and dark, in two languages; faults fail the run."""

import argparse
from fnmatch import fnmatch
from pathlib import Path

from hamkori.site.launch import places
from hamkori.site.launch.supervise import say
from hamkori.site.launch.testing import WHAT_TO_INSTALL, find_browser, install_browser, journeys_can_run


def configure(parser: argparse.ArgumentParser) -> None:
    """Where to, and which."""
    parser.add_argument("folder", nargs="?", help="where the pictures go (default: .hamkori/screens)")
    parser.add_argument("--only", metavar="NAME", help="only these pages; * stands for anything: case-*")


def main(arguments: argparse.Namespace) -> int:
    """Build the stage, shoot, say what is wrong. 1 if anything is."""
    from hamkori.site.assemble import assemble

    if not journeys_can_run():
        install_browser()
    chromium = find_browser()
    if chromium is None or not journeys_can_run():
        say(f"There is no Chromium here. {WHAT_TO_INSTALL}")
        return 1
    assemble()
    # After assembling: what the browser is asked about is compiled there.
    from hamkori.site.screens.pages import pages
    from hamkori.site.screens.shots import photograph
    from hamkori.site.screens.stage import NoStage, Play, Stage

    folder = Path(arguments.folder or places.TREE / ".hamkori" / "screens").absolute()
    folder.mkdir(parents=True, exist_ok=True)
    stage = Stage()
    play = None
    try:
        say("Building the stage ...")
        play = Play(stage, stage.begin())
        play.begin()
        with play.owner() as owner:
            wanted = [page for page in pages(owner) if page.whole and fnmatch(page.name, arguments.only or "*")]
        if not wanted:
            say(f"No page is called {arguments.only}.")
            return 1
        found = photograph(play, wanted, chromium, folder, say)
        say(f"The pictures are in {folder}")
        return 1 if found.faults else 0
    except NoStage as error:
        say(str(error))
        return 1
    finally:
        if play is not None:
            play.end()
        stage.end()
