"""The app's own short pages, where none of Streamlit's can be drawn: what isn't there, what was refused, what went wrong.

They say nothing of the program: no version, no place, no cause. Their words depend on the browser's language alone.
"""

import traceback
from contextvars import copy_context
from html import escape

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, Response

from domain.kit.texts import N_, _, best_language, language, set_language
from pages._shell.errors import log

NO_STORE = {"Cache-Control": "no-store"}
AWAY = N_("The database can't be reached right now. Please try again in a moment.")
BROKEN = N_("Something went wrong here. It was noted, and nothing was changed.")
PAGE = """<!doctype html>
<html lang="{tag}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Constela</title>
<style>
body {{ font: 16px/1.5 Inter, system-ui, sans-serif; max-width: 34rem; margin: 18vh auto; padding: 0 1rem;
  color: #1A2033; background: #FAFAF7 }}
h1 {{ font-size: 20px }}
a {{ color: #5B4BC4 }}
@media (prefers-color-scheme: dark) {{ body {{ color: #E9ECF5; background: #0B1020 }} a {{ color: #9C8CFF }} }}
</style></head><body><h1>{title}</h1><p>{sentence}</p><p><a href="/">{home}</a></p></body></html>
"""


def calm(headers: Headers, status: int, *sources: str, limit: int = 0) -> Response:
    """A short page in the language that the browser names first. `limit` fills a place of that name."""
    return HTMLResponse(copy_context().run(_page, browsers_language(headers), sources, limit), status, headers=NO_STORE)


def _page(spoken: str, sources: tuple[str, ...], limit: int) -> str:
    set_language(best_language(spoken))
    title, *rest = (escape(_(each).format(limit=limit)) for each in sources)
    home = escape(_("Go to your home page"))
    return PAGE.format(tag=language().replace("_", "-"), title=title, sentence=" ".join(rest), home=home)


def browsers_language(headers: Headers) -> str:
    """The language that the browser names first."""
    return headers.get("accept-language", "").split(",")[0].split(";")[0].strip()


def note_unexpected(error: Exception) -> None:
    """A line in the log about an error that nobody foresaw: its type and place, never its words, which may hold personal data."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "site-packages" not in frame.filename] or frames
    place = " < ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(own))
    log.error("%s at %s", type(error).__name__, place)
