"""The folder of a server that PostgreSQL has made, and that has never run: copied where its making is not the point."""

from __future__ import annotations

from pathlib import Path

from hamkori.site.database.cluster import Cluster
from tests.site import made


def put_server(root: Path) -> None:
    """Data and passwords, with nothing of ours in them yet, into this folder of a cluster."""
    made.put("bare-server", _initialised, root)


def _initialised(folder: Path) -> None:
    Cluster(folder, hasty=True)._prepare()
