"""`bench`: the demonstration's world times 50 on a server of its own, timed, thrown away afterwards."""

import argparse
import os
import shutil
import subprocess
import sys
from functools import partial

from hamkori.site.launch import places
from hamkori.site.launch.demo_world import make_people, make_tables
from hamkori.site.launch.servers import DATABASE, Own
from hamkori.site.launch.surroundings import of_builder, of_process


def configure(parser: argparse.ArgumentParser) -> None:
    """`--write` is handed on."""


def main(arguments: argparse.Namespace) -> int:
    """Build, multiply, measure. Nothing runs afterwards."""
    data = places.data_folder("bench")
    server = Own(data)
    server.begin()
    try:
        environment = partial(of_process, mode="demo", server=server.cluster, database=DATABASE, data=data)
        builder = of_builder(environment)
        if not (make_tables(environment) and make_people(builder)):
            return 1
        os.chdir(places.TREE)
        measured = {**builder, "BENCH_SUPERUSER_URL": server.cluster.superuser_url(DATABASE)}
        return subprocess.run([sys.executable, "-m", "bench", *arguments.rest], env=measured, check=False).returncode
    finally:
        server.stop()
        shutil.rmtree(data, ignore_errors=True)
