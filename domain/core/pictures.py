"""A person's picture: what was uploaded is decoded and written anew, small and square, so that nothing else comes along.

No place where it was taken, no name of the camera, no bytes that something else than a picture could be read from.
"""

import io
import warnings
from hashlib import sha256

from PIL import Image, ImageOps
from sqlalchemy import select

from domain.access import security_log
from domain.access.decide import condition
from domain.access.security_log import Event
from domain.access.uow import ScopedSession
from domain.core.models import User
from domain.core.picture_models import Picture
from domain.db.text_types import picture_address
from domain.kit.errors import InvalidInput, NotFound, Problem
from domain.kit.texts import N_

SIDE = 512  # pixels
LARGEST_UPLOAD = 5 * 1024 * 1024
MOST_PIXELS = 50_000_000
LARGEST = 200_000  # bytes, as kept: far below what one request to a server may hold
QUALITIES = (82, 65, 45, 25)
FORMATS = ("JPEG", "PNG", "WEBP")
FIELD = "picture"
TOO_BIG = N_("This file is too large: at most {limit} MB.")
NO_PICTURE = N_("This isn't a picture that can be used. Please choose a JPEG, PNG or WebP file.")
TOO_MANY = N_("This picture has too many pixels. Please choose a smaller one.")


def tidied(data: bytes) -> bytes:
    """The picture as it is kept. InvalidInput at `picture` for what is too large or no picture."""
    if len(data) > LARGEST_UPLOAD:
        raise InvalidInput([Problem(FIELD, TOO_BIG, {"limit": LARGEST_UPLOAD // 1024**2})])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Pillow warns of is refused below, or does no harm
            return _written(_small(data))
    except InvalidInput:
        raise
    except Image.DecompressionBombError:
        raise InvalidInput([Problem(FIELD, TOO_MANY)]) from None
    except Exception:  # Pillow's decoders raise whatever the bytes lead them into
        raise InvalidInput([Problem(FIELD, NO_PICTURE)]) from None


def _small(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
        if opened.width * opened.height > MOST_PIXELS:  # said in the file's head, before anything is unpacked
            raise InvalidInput([Problem(FIELD, TOO_MANY)])
        opened.draft("RGB", (2 * SIDE, 2 * SIDE))
        upright = ImageOps.exif_transpose(opened)
        whole = upright.convert("RGBA") if upright.has_transparency_data else upright.convert("RGB")
        square = ImageOps.fit(whole, (SIDE, SIDE))
        bare = Image.new("RGB", (SIDE, SIDE), "white")  # a new one, so that nothing of the file's comes along
        bare.paste(square, mask=square.getchannel("A") if square.mode == "RGBA" else None)
        return bare


def _written(picture: Image.Image) -> bytes:
    for quality in QUALITIES:
        file = io.BytesIO()
        picture.save(file, "WEBP", quality=quality)
        if file.tell() <= LARGEST:
            break
    return file.getvalue()


def may_change(session: ScopedSession, user_id: str) -> bool:
    """Whether the actor may give this person another picture, or none."""
    table = User.__table__
    where = condition(session.actor, "U", User, changing=("avatar_url",))
    wanted = select(table.c.id).where(table.c.id == user_id, table.c.organization_id == session.actor.organization_id, where)
    return session.connection().execute(wanted).first() is not None


def keep(session: ScopedSession, data: bytes) -> str:
    """Give the actor this picture in place of the one before; its address. InvalidInput at `picture`."""
    try:
        image = tidied(data)
    except InvalidInput:
        security_log.record(Event.UPLOAD_REFUSED, session.actor, table=Picture.__tablename__, count=len(data))
        raise
    person = _drop(session, session.actor.user_id)
    made = Picture(user_id=person.id, image=image, digest=sha256(image).hexdigest())
    session.add(made)
    session.flush()
    person.avatar_url = picture_address(made.id)
    session.flush()
    return person.avatar_url


def remove(session: ScopedSession, user_id: str) -> None:
    """Take a person's picture away."""
    _drop(session, user_id).avatar_url = None
    session.flush()


def _drop(session: ScopedSession, user_id: str) -> User:
    person = session.get(User, user_id)
    if person is None:
        raise NotFound
    kept = session.scalar(select(Picture).where(Picture.user_id == user_id))
    if kept is not None:
        session.delete(kept)
        session.flush()
    assert isinstance(person, User)
    return person


def picture(session: ScopedSession, key: str) -> tuple[bytes, str] | None:
    """A picture and its digest, if the actor may read it."""
    found = session.execute(select(Picture.image, Picture.digest).where(Picture.id == key)).first()
    return (found.image, found.digest) if found else None


def digest_of(session: ScopedSession, key: str) -> str | None:
    """A picture's digest, if the actor may read it: whether a browser still has the right one is asked at every page."""
    return session.scalar(select(Picture.digest).where(Picture.id == key))
