"""Keeps out of the server's log what stands in an address behind the path: links for a new password, searches, keys of records.

uvicorn, started by itself, writes each request's whole address; Streamlit's own start writes none.
"""

import logging


class PathsAlone(logging.Filter):
    """Cuts the query off the address in uvicorn's line: client, method, address, version, status."""

    def filter(self, record: logging.LogRecord) -> bool:
        given = record.args
        if isinstance(given, tuple) and len(given) > 2 and isinstance(given[2], str):
            record.args = (*given[:2], given[2].partition("?")[0], *given[3:])
        return True


logging.getLogger("uvicorn.access").addFilter(PathsAlone())
