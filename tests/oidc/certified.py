"""The certified provider that `make setup-test` installs, started by the tests."""

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.browser.server import free_port

HERE = Path(__file__).parent
INSTALLED = HERE.parents[1] / ".tools" / "oidc-provider"
CLIENT, SECRET = "constela", "a secret for tests alone, long enough"
PATIENCE = 60


@contextmanager
def certified(redirect_uri: str, people: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Start it for people by subject, each with their claims; its address."""
    folder = os.environ.get("CONSTELA_OIDC_PROVIDER") or str(INSTALLED)
    node = shutil.which("node")
    assert node, "node is missing: `make setup-test` installs it"
    port = free_port()
    client = {"client_id": CLIENT, "client_secret": SECRET, "redirect_uris": [redirect_uri]}
    command = [node, str(HERE / "provider.mjs"), folder, json.dumps({"port": port, "client": client, "people": people})]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    patience = threading.Timer(PATIENCE, process.kill)
    patience.start()
    try:
        assert any(line.startswith("ready") for line in process.stdout), "the provider ended at once: `make setup-test`"
        patience.cancel()
        yield f"http://127.0.0.1:{port}"
    finally:
        patience.cancel()
        process.terminate()
        process.wait(PATIENCE)
        process.stdout.close()
