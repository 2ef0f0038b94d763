"""`GET /picture/<id>`: a person's picture, for who may read it. Browsers keep it, and ask each time whether they still may."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from domain.access.uow import reading
from domain.core import pictures
from domain.core.picture_models import Picture
from domain.kit.errors import NotFound
from domain.kit.ids import is_id
from domain.records.missing import note_missing
from pages._files.asking import Asking

KEPT = {"Cache-Control": "private, no-cache", "Vary": "Cookie"}


async def picture_file(request: Request, asking: Asking) -> Response:
    """The route."""
    key = request.path_params["name"]
    if not is_id(key):
        raise NotFound
    known = request.headers.get("if-none-match", "")
    image, digest = await run_in_threadpool(_read, asking, key, known)
    headers = {**KEPT, "ETag": _tag(digest), "Content-Disposition": "inline"}
    if image is None:
        return Response(status_code=304, headers=headers)
    return Response(b"" if request.method == "HEAD" else image, headers=headers, media_type="image/webp")


def _read(asking: Asking, key: str, known: str) -> tuple[bytes | None, str]:
    """The picture and its digest; no picture for a browser that has it."""
    with reading(asking.actor) as session:
        digest = pictures.digest_of(session, key) if known else None
        if digest and _tag(digest) in known:
            return None, digest
        found = pictures.picture(session, key)
        if found is None:
            note_missing(session, Picture, key)
            raise NotFound
        return found


def _tag(digest: str) -> str:
    return f'"{digest[:32]}"'
