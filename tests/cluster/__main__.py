"""`python -m tests.cluster [FOLDER] [--students N]`: the cluster, to look at and to kill parts of, until Ctrl-C."""

import argparse
import signal
import sys
import tempfile
from pathlib import Path

from tests.cluster.cluster import Cluster, cluster


def tell(running: Cluster) -> None:
    """Where everything is, and what to kill."""
    print(f"{running.url}  (the certificate is this script's own: tell the browser to go on)")
    print(f"primary    {running.primary.url}  process {running.primary.pid}")
    for name, replica, app in zip("ab", running.replicas, running.apps, strict=True):
        print(f"replica {name}  {replica.url}  process {replica.pid}")
        print(f"app {name}      http://{app.at}  process {app.pid}")
    print(f"logs       {running.proxy.folder.parent}")
    print("Ctrl-C ends all of it.", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.cluster", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="where data and logs go (a temporary folder)")
    parser.add_argument("--students", type=int, default=160)
    given = parser.parse_args()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: sys.exit(0))
    with tempfile.TemporaryDirectory(prefix="constela-cluster-") as made:
        with cluster(given.folder or Path(made), students=given.students) as running:
            tell(running)
            signal.pause()


main()
