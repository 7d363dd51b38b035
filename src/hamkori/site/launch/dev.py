"""For developers: a database to try things in, the making of migrations, and a look at the tables.

Everything happens in one hasty server of the tree; each `--db NAME` is a database of its own. What the options do not
know is handed on (app names, a management command); so is everything after `--`.
"""

import argparse
import os
import subprocess
import sys

from hamkori.site.database import binaries, logins, roles
from hamkori.site.database.cluster import Cluster
from hamkori.site.launch import places, surroundings

TASKS = ("db", "migrate", "makemigrations", "manage", "sql", "stop")


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of `dev`."""
    parser.add_argument("task", choices=TASKS)
    parser.add_argument("--db", default="hamkori", help="name of the database (default: hamkori)")
    parser.add_argument("--fresh", action="store_true", help="throw the database away first")
    parser.add_argument("--login", default="hk_migrate", help="for sql: hk_app, hk_clock, hk_migrate, postgres ...")


def main(arguments: argparse.Namespace) -> int:
    """Do one of TASKS."""
    data = places.data_folder("dev")
    cluster = Cluster(data, hasty=True)
    if arguments.task == "stop":
        cluster.stop()
        return 0
    cluster.start()
    with cluster.lock("roles.lock"):
        _database(cluster, arguments.db, fresh=arguments.fresh)
    if arguments.task == "sql":
        programs = binaries.find(cluster.root, cluster.user)
        return subprocess.call(
            [programs.folder / "psql", cluster.url(arguments.login, arguments.db), *arguments.rest],
            env={**os.environ, "PAGER": "cat"},
        )
    owner = surroundings.of_process("owner", "test", cluster, arguments.db, data)
    if arguments.task in ("makemigrations", "manage"):
        command = ["makemigrations", *arguments.rest] if arguments.task == "makemigrations" else arguments.rest
        return subprocess.call([sys.executable, "-m", "django", *command], env=owner)
    done = 0
    if arguments.task == "migrate" or arguments.fresh:
        words = [sys.executable, "-m", "hamkori.site.launch", "migrate", *arguments.rest]
        done = subprocess.call(words, env=owner, stdout=sys.stderr)  # what `db` says is read by a shell
    if arguments.task == "db":
        for process, variable in surroundings.VARIABLE_OF.items():
            login = surroundings.LOGIN_OF[process]
            sys.stdout.write(f"export {variable}='{cluster.url(login, arguments.db)}'\n")
        sys.stdout.write(f"export HAMKORI_MODE=test HAMKORI_SECRET_KEY='{surroundings.secret_key(data)}'\n")
        sys.stdout.write("export HAMKORI_ASSUME_ROLE= DJANGO_SETTINGS_MODULE=hamkori.site.settings\n")
    return done


def _database(cluster: Cluster, name: str, *, fresh: bool) -> None:
    superuser = cluster.superuser_url()
    roles.ensure_roles(superuser, cluster.passwords(), tests=True)
    if fresh:
        with logins.superuser(superuser) as connection:
            roles.drop_database(connection, name)
    if roles.ensure_database(superuser, name):
        roles.harden(cluster.superuser_url(name), tests=True)
