"""Images in a local folder and at a real S3-speaking server: drawn anew, replaced, removed, and refused."""

import io
import struct
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from data import object_store, settings
from data.errors import StorageUnavailable
from deploy.local.ports import free_port
from jobs.tasks import sources as tasks
from services import access
from services.errors import Invalid, NotFound
from services.people import accounts
from services.people.viewer import Viewer
from services.sources import changes as source_changes
from services.sources import groups, images
from tests import servers

NOW = datetime(2026, 6, 21, 10, tzinfo=UTC)
HIDDEN = b"4711-hidden-text"


def picture(kind: str = "PNG", size: tuple[int, int] = (1200, 800), colour: str = "orange") -> bytes:
    written = io.BytesIO()
    drawn = Image.new("RGB", size, colour)
    exif = Image.Exif()
    exif[0x010E] = HIDDEN.decode()
    drawn.save(written, kind, exif=exif)
    return written.getvalue()


def bomb() -> bytes:
    """A PNG of a few bytes that says it has 60,000 x 60,000 pixels."""
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + data + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_is_drawn_anew_small_and_without_what_hides_in_it(kind: str) -> None:
    sent = picture(kind)
    assert HIDDEN in sent
    made = images.drawn_anew(sent + HIDDEN)
    assert HIDDEN not in made
    with Image.open(io.BytesIO(made)) as shown:
        assert (shown.format, shown.size) == ("WEBP", (512, 341))


def test_a_picture_from_a_camera_held_upright_stays_upright() -> None:
    written, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (300, 100), "red").save(written, "JPEG", exif=exif)
    with Image.open(io.BytesIO(images.drawn_anew(written.getvalue()))) as shown:
        assert shown.size == (100, 300)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"MZ\x90\x00" + bytes(400), b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"\x7fELF" + bytes(400), b"GIF89a" + bytes(40), picture()[:200], bytes(images.LARGEST_BYTES + 1), bomb(),
        b"%PDF-1.7", b"\x89PNG\r\n\x1a\n" + bytes(50),
    ],
    ids=["nothing", "exe", "svg", "elf", "gif", "cut", "large", "bomb", "pdf", "head only"],
)  # fmt: skip
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid) as caught:
        images.drawn_anew(content)
    assert caught.value.errors.keys() == {"image"}


def test_a_large_picture_is_refused_by_its_head() -> None:
    written = io.BytesIO()
    Image.new("1", (6000, 4001)).save(written, "PNG")
    assert len(written.getvalue()) < 100_000
    with pytest.raises(Invalid, match="pixels"):
        images.drawn_anew(written.getvalue())


@pytest.fixture(params=["folder", "file", "s3"])
def store(
    request: pytest.FixtureRequest, stores: dict[str, str], s3: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """Each kind of object store in turn."""
    if request.param != "folder":
        monkeypatch.setenv("AMPRA_STORAGE_URL", s3 if request.param == "s3" else f"file://{tmp_path}/store")
    else:
        monkeypatch.setenv("AMPRA_VAR", str(tmp_path / "var"))
    servers.forget_settings()
    yield request.param
    monkeypatch.undo()
    servers.forget_settings()


@pytest.fixture
def alice(store: str) -> Viewer:
    account = accounts.create_user("alice@example.org", "Sunshine42", "", "")
    return Viewer(account.id, "", "", frozenset({"User"}))


def keys(prefix: str = "images") -> list[str]:
    files, path = object_store._at(prefix)
    return sorted(each[each.rindex(prefix + "/"):] for each in files.find(path))


def test_an_icon_is_kept_replaced_and_removed(alice: Viewer) -> None:
    source_id = str(source_changes.create(alice, {"name": "Roof", "connection_type": 0}, NOW).record.id)
    first = images.set_icon(alice, source_id, picture(), NOW)
    name = first.rsplit("/", 1)[1]
    assert access.source_for(alice, source_id).icon_url == first
    assert images.read(alice, "source", source_id, name) == images.drawn_anew(picture())
    assert images.set_icon(alice, source_id, picture(), NOW) == first
    second = images.set_icon(alice, source_id, picture(colour="teal"), NOW)
    assert second != first
    assert keys() == [f"images/source/{source_id}/{second.rsplit('/', 1)[1]}"]
    with pytest.raises(NotFound):
        images.read(alice, "source", source_id, name)
    images.remove_icon(alice, source_id, NOW)
    assert (keys(), access.source_for(alice, source_id).icon_url) == ([], None)


def test_deleting_takes_the_images_along(alice: Viewer) -> None:
    source_id = str(source_changes.create(alice, {"name": "Roof", "connection_type": 0}, NOW).record.id)
    group_id = str(groups.create_group(alice.account_id, "Hill").id)
    images.set_icon(alice, source_id, picture(), NOW)
    images.set_logo(alice, group_id, picture(), NOW)
    assert len(keys()) == 2
    source_changes.delete(alice, source_id, "Roof", NOW)
    tasks.purge(source_id)
    assert [key.split("/")[1] for key in keys()] == ["group"]
    groups.delete(alice, group_id, NOW)
    ((asked,),) = servers.fetch("SELECT args FROM procrastinate_jobs WHERE task_name = 'sources:remove_images'")
    assert isinstance(asked, dict)
    tasks.remove_images(**asked)
    tasks.remove_images(**asked)
    assert keys() == []


def test_a_refused_picture_leaves_the_old_one(alice: Viewer) -> None:
    source_id = str(source_changes.create(alice, {"name": "Roof", "connection_type": 0}, NOW).record.id)
    address = images.set_icon(alice, source_id, picture(), NOW)
    with pytest.raises(Invalid):
        images.set_icon(alice, source_id, b"<svg/>", NOW)
    assert access.source_for(alice, source_id).icon_url == address
    assert len(keys()) == 1


@pytest.mark.parametrize("key", ["", "/etc/passwd", "images/../../x", "a b", "IMAGES/x"])
def test_a_key_leads_nowhere_else(key: str) -> None:
    for call in (object_store.get, lambda each: object_store.put(each, b"")):
        with pytest.raises(ValueError, match="key"):
            call(key)


def test_a_store_that_is_away_is_said_so(
    stores: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AMPRA_STORAGE_URL", f"s3://key:secret@ampra/x?endpoint=http://127.0.0.1:{free_port()}")
    servers.forget_settings()
    try:
        assert settings.get().storage_url
        with pytest.raises(StorageUnavailable):
            object_store.get("images/x")
    finally:
        monkeypatch.undo()
        servers.forget_settings()
