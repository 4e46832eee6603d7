"""Icons of sources and logos of groups: checked, drawn anew, kept by key, and given to who may see them."""

import hashlib
import io
import warnings
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from data import groups, object_store, postgres, sources
from services import access
from services.errors import Invalid, NotFound
from services.people.viewer import Viewer

LARGEST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 24_000_000
#: Stored images fit into so many pixels each way.
SIDE_PIXELS = 512
FORMATS = ("PNG", "JPEG", "WEBP")
MEDIA_TYPE = "image/webp"
_REFUSED = f"must be a PNG, JPEG or WebP picture of up to {LARGEST_BYTES // 1024 // 1024} MB"


def drawn_anew(content: bytes) -> bytes:
    """Return a picture as WebP without anything but its pixels; raises Invalid.

    What was sent is never kept: neither what hides behind the pixels nor where they were taken.
    """
    # Only here: showing pictures needs no library, and few people bring one.
    from PIL import Image, ImageOps, UnidentifiedImageError

    if not content or len(content) > LARGEST_BYTES:
        raise Invalid({"image": _REFUSED})
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
                # The size stands in the head: a bomb is refused before anything of it is unpacked.
                if picture.width * picture.height > MOST_PIXELS:
                    raise Invalid({"image": f"must have at most {MOST_PIXELS:,} pixels"})
                upright = ImageOps.exif_transpose(picture).convert("RGBA")
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Invalid({"image": _REFUSED}) from None
    except (OSError, ValueError, SyntaxError, EOFError):
        raise Invalid({"image": "is damaged"}) from None
    upright.thumbnail((SIDE_PIXELS, SIDE_PIXELS))
    written = io.BytesIO()
    upright.save(written, "WEBP", quality=88)
    return written.getvalue()


def set_icon(viewer: Viewer, source_id: str, content: bytes, now: datetime) -> str:
    """Give a source an icon in the place of the one before; returns its address. Raises Invalid."""
    record = access.source_for(viewer, source_id, manage=True)

    def keep(address: str | None) -> None:
        with postgres.session() as session:
            sources.update_columns(session, record.id, {"icon_url": address, "updated_at": now})

    return _replace("source", record.id, content, keep)


def set_logo(viewer: Viewer, group_id: str, content: bytes, now: datetime) -> str:
    """Give a group a logo in the place of the one before; returns its address. Raises Invalid."""
    record = access.group_for(viewer, group_id, manage=True)

    def keep(address: str | None) -> None:
        with postgres.session() as session:
            groups.update_columns(session, record.id, {"logo_url": address, "updated_at": now})

    return _replace("group", record.id, content, keep)


def remove_icon(viewer: Viewer, source_id: str, now: datetime) -> None:
    """Take a source's icon away."""
    record = access.source_for(viewer, source_id, manage=True)
    with postgres.session() as session:
        sources.update_columns(session, record.id, {"icon_url": None, "updated_at": now})
    object_store.remove_below(folder("source", record.id))


def remove_logo(viewer: Viewer, group_id: str, now: datetime) -> None:
    """Take a group's logo away."""
    record = access.group_for(viewer, group_id, manage=True)
    with postgres.session() as session:
        groups.update_columns(session, record.id, {"logo_url": None, "updated_at": now})
    object_store.remove_below(folder("group", record.id))


def read(viewer: Viewer, kind: str, owner_id: str, name: str) -> bytes:
    """Return an image of a source or group that the viewer may see; raises NotFound."""
    if kind == "source":
        record: UUID = access.source_for(viewer, owner_id).id
    elif kind == "group":
        record = access.group_for(viewer, owner_id).id
    else:
        raise NotFound("there is no such image")
    stem = name.removesuffix(".webp")
    if not (name.endswith(".webp") and stem.isalnum() and stem.islower() and stem.isascii()):
        raise NotFound("there is no such image")
    content = object_store.get(folder(kind, record) + name)
    if content is None:
        raise NotFound("there is no such image")
    return content


def kept(kind: str, owner_id: UUID, address: str | None) -> bytes | None:
    """Return the image that an address of a source or group leads to, None where there is none; not authorised."""
    return object_store.get(folder(kind, owner_id) + address.rpartition("/")[2]) if address else None


def folder(kind: str, owner_id: UUID) -> str:
    """Return the prefix of all images of a source or group."""
    return f"images/{kind}/{owner_id}/"


def remove_all(kind: str, owner_id: str) -> int:
    """Remove every image of a deleted source or group; returns how many there were."""
    return object_store.remove_below(folder(kind, UUID(owner_id)))


def _replace(kind: str, owner_id: UUID, content: bytes, keep: Callable[[str | None], None]) -> str:
    """Store first, then point at it, then remove what was there: whoever stops in between leaves no broken image."""
    made = drawn_anew(content)
    # Named after its content, so that browsers may keep it for ever.
    name = f"a{hashlib.sha256(made).hexdigest()[:31]}.webp"
    key = folder(kind, owner_id) + name
    object_store.put(key, made)
    address = f"/image/{kind}/{owner_id}/{name}"
    keep(address)
    object_store.remove_below(folder(kind, owner_id), but=key)
    return address
