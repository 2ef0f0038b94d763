"""Run every benchmark and print its lines: `python -m tests.benchmarks [NAME …]`."""

import logging
import sys

from tests.benchmarks import clashes, demo_load, generating, imports, rights, server, table_page

BENCHMARKS = {
    "table_page": table_page.run,
    "demo_load": demo_load.run,
    "server": server.run,
    "rights": rights.run,
    "clashes": clashes.run,
    "generating": generating.run,
    "imports": imports.run,
}


def main(names: list[str]) -> int:
    """Run those named, or all."""
    logging.getLogger("streamlit").setLevel(logging.ERROR)
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
        return 2
    for name in names or BENCHMARKS:
        print(f"## {name}")
        for line in BENCHMARKS[name]():
            print(line, flush=True)
    return 0


sys.exit(main(sys.argv[1:]))
