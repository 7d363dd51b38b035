"""`bench`: the demonstration's world times 50 on a server of its own, timed, thrown away afterwards."""

import argparse
import os
import shutil
import subprocess
import sys

from hamkori.site.launch import places, surroundings
from hamkori.site.launch.servers import DATABASE, Own
from hamkori.site.launch.supervise import step


def configure(parser: argparse.ArgumentParser) -> None:
    """`--write` is handed on."""


def main(arguments: argparse.Namespace) -> int:
    """Build, multiply, measure. Nothing runs afterwards."""
    data = places.data_folder("bench")
    server = Own(data)
    server.begin()
    try:
        environments = {
            name: surroundings.of_process(name, "demo", server.cluster, DATABASE, data)
            for name in ("web", "worker", "owner")
        }
        builder = {
            **environments["web"],
            "HAMKORI_OWNER_URL": environments["owner"]["HAMKORI_OWNER_URL"],
            "HAMKORI_CLOCK_URL": environments["worker"]["HAMKORI_CLOCK_URL"],
            "BENCH_SUPERUSER_URL": server.cluster.superuser_url(DATABASE),
        }
        python = sys.executable
        done = (
            step(
                "Languages and page files",
                [python, "-m", "hamkori.site.serving.assemble", "--collect"],
                environments["web"],
            )
            and step(
                "Tables and walls",
                [python, "-m", "hamkori.site.launch", "migrate", "--found", "demo"],
                environments["owner"],
            )
            and step("Invented people", [python, "-m", "hamkori.site.demo.build"], builder)
        )
        if not done:
            return 1
        os.chdir(places.TREE)
        return subprocess.run([python, "-m", "bench", *arguments.rest], env=builder, check=False).returncode
    finally:
        server.stop()
        shutil.rmtree(data, ignore_errors=True)
