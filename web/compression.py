"""Packs answers for the way with brotli or gzip: text worth the work, told by `Vary` and a weak `ETag`."""

import gzip
import hashlib
import threading
import zlib
from collections import OrderedDict
from collections.abc import Iterable, Iterator

import brotli
from flask import Flask, Response, request

# Below this an answer fits into one or two packets anyway.
SMALLEST_BYTES = 1024
TYPES = frozenset(
    {
        "text/html", "text/css", "text/csv", "text/javascript", "text/plain", "application/javascript",
        "application/json", "application/manifest+json", "application/xml", "image/svg+xml",
    }
)  # fmt: skip
# In the order we like them; a client that rates one lower than the other decides.
CODINGS = ("br", "gzip", "identity")
KEPT_BYTES = 12 * 1024 * 1024
# Of the largest file here, brotli at 9 would spare 4 % more than at 5, in four times the time.
_BROTLI_QUALITY, _GZIP_LEVEL = 5, 6
_GZIP_WINDOW = 16 + zlib.MAX_WBITS


class _Packed:
    """Files that never change, packed once in a process; the longest unused go first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: OrderedDict[tuple[bytes, str], bytes] = OrderedDict()
        self._bytes = 0

    def of(self, body: bytes, coding: str) -> bytes:
        # By content: whatever an address claims, it cannot fill this with copies or with another file's content.
        key = (hashlib.sha256(body).digest(), coding)
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
                return self._found[key]
        packed = _pack(body, coding)
        with self._lock:
            if key not in self._found:
                self._found[key] = packed
                self._bytes += len(packed)
            while self._bytes > KEPT_BYTES:
                _, dropped = self._found.popitem(last=False)
                self._bytes -= len(dropped)
        return packed


_PACKED = _Packed()


def install(server: Flask) -> None:
    """Pack the answers of a server; register it before whatever reads or changes their content."""
    server.after_request(_answer)


def _answer(response: Response) -> Response:
    if response.mimetype in TYPES or response.status_code == 304:
        response.vary.add("Accept-Encoding")
    if response.mimetype not in TYPES or response.status_code != 200 or "Content-Encoding" in response.headers:
        return response
    if "ETag" in response.headers and request.method in {"GET", "HEAD"}:
        response.make_conditional(request)
        if response.status_code != 200:
            return response
    coding = request.accept_encodings.best_match(CODINGS)
    if coding in {None, "identity"}:
        return response
    return _packed(response, str(coding))


def _packed(response: Response, coding: str) -> Response:
    # A file that is sent as it lies on the disk is read first; only what is made piece by piece stays a stream.
    is_file, response.direct_passthrough = response.direct_passthrough, False
    if response.is_streamed and not is_file:
        if hasattr(response.response, "close"):
            response.call_on_close(response.response.close)
        response.response = _stream(response.iter_encoded(), coding)
        del response.headers["Content-Length"]
    else:
        body = response.get_data()
        if len(body) < SMALLEST_BYTES:
            return response
        is_kept = bool(response.cache_control.immutable)
        response.set_data(_PACKED.of(body, coding) if is_kept else _pack(body, coding))
    response.headers["Content-Encoding"] = coding
    etag, _is_weak = response.get_etag()
    if etag is not None:
        # The same content in other bytes, as RFC 9110 (8.8.1) has it.
        response.set_etag(etag, weak=True)
    return response


def _pack(body: bytes, coding: str) -> bytes:
    if coding == "br":
        return bytes(brotli.compress(body, quality=_BROTLI_QUALITY))
    return gzip.compress(body, _GZIP_LEVEL, mtime=0)


def _stream(pieces: Iterable[bytes], coding: str) -> Iterator[bytes]:
    if coding == "br":
        packer = brotli.Compressor(quality=_BROTLI_QUALITY)
        yield from (packed for piece in pieces if (packed := packer.process(piece)))
        yield packer.finish()
    else:
        squeezer = zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, _GZIP_WINDOW)
        yield from (packed for piece in pieces if (packed := squeezer.compress(piece)))
        yield squeezer.flush()
