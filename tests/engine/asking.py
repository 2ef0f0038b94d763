"""A libSQL server asked without a driver: statements sent as plain HTTP requests, for tests of what drivers stand on."""

import json
from typing import Any

import urllib3

Answer = urllib3.BaseHTTPResponse


def ask(
    http: urllib3.PoolManager, url: str, *statements: str | dict[str, Any], host: str | None = None, token: str | None = None
) -> Answer:
    """Send statements, as SQL or in full, in one request and as one stream."""
    requests: list[dict[str, Any]] = [
        {"type": "execute", "stmt": {"sql": each} if isinstance(each, str) else each} for each in statements
    ]
    headers = {"Host": host} if host else {}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    body = json.dumps({"baton": None, "requests": [*requests, {"type": "close"}]})
    return http.request("POST", f"{url}/v2/pipeline", body=body, headers=headers)


def values(answer: Answer) -> list[str]:
    """The first column of the first statement's rows."""
    assert answer.status == 200, answer.data
    return [row[0]["value"] for row in json.loads(answer.data)["results"][0]["response"]["result"]["rows"]]
