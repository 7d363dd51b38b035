"""`test`: run the tests on a database server of their own, and end with pytest's own last line."""

import argparse
import os
import shutil
import subprocess
import sys

from hamkori.site import environment
from hamkori.site.launch import places
from hamkori.site.launch.supervise import say

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FAST = "not browser and not bulk"


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of `test`."""
    parser.add_argument("--fast", action="store_true", help="leave out browser journeys and the large world")


def main(arguments: argparse.Namespace) -> int:
    """Find or install a browser, then become pytest."""
    os.chdir(places.TREE)
    command = [sys.executable, "-m", "pytest", "-n", "2"]
    if arguments.fast:
        command += ["-m", FAST]
    else:
        browser = find_browser() or install_browser()
        if browser:
            os.environ["HAMKORI_BROWSER"] = browser
        elif environment.flag("CI"):
            say("There is no Chromium here, and CI needs the browser journeys. Debian: apt-get install chromium")
            return 1
        else:
            say("There is no Chromium here: the browser journeys do not run. Debian: apt-get install chromium")
            command += ["-m", "not browser"]
    return os.execv(sys.executable, [*command, *arguments.rest])


def find_browser() -> str | None:
    """The path of a Chromium, or None."""
    return os.environ.get("HAMKORI_BROWSER") or next(filter(None, map(shutil.which, BROWSERS)), None)


def install_browser() -> str | None:
    """Where we may (root on Debian), install Chromium."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return None
    say("Installing Chromium for the browser journeys ...")
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    surroundings = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "chromium"]):
        subprocess.run(["apt-get", *words], env=surroundings, check=False, **quiet)  # type: ignore[call-overload]
    return find_browser()
