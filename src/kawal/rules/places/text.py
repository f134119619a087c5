"""From the bytes of a file to its text: unpacked, decoded, in lines, and never more than the limits.

Nothing is guessed. A file in another encoding is refused by name, since a wrong guess spoils names
silently; a line or file beyond the limits ends the reading.
"""

from __future__ import annotations

import codecs
import io
import zlib
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from kawal.rules.places.notices import Code

_GZIP: Final = b"\x1f\x8b"
_ZIP: Final = b"PK\x03\x04"  # XLSX and ODS are ZIP archives
_OLE: Final = b"\xd0\xcf\x11\xe0"  # XLS
_STEP_BYTES: Final = 2**20


class Unsound(Exception):
    """The rest of this file cannot be read; becomes one notice."""

    def __init__(
        self, code: Code, *, row: int | None = None, value: object = "", expected: object = ""
    ) -> None:
        super().__init__(code)
        self.code: Final = code
        self.row: Final = row
        self.value: Final = value
        self.expected: Final = expected


def unpacked(chunks: Iterable[bytes], *, packed_by_name: bool) -> Iterator[bytes]:
    """The file's own bytes, gzipped or not, in pieces of bounded size. Raises `Unsound`."""
    rest = iter(chunks)
    head = b""
    while len(head) < 4 and (more := next(rest, b"")):
        head += more
    plain: Iterator[bytes] = chain([head], rest)
    if head.startswith(_GZIP):
        return _inflated(plain)
    if head.startswith((_ZIP, _OLE)):
        raise Unsound(Code.KIND_UNKNOWN, value="spreadsheet", expected="CSV, GeoJSON")
    if packed_by_name and head:
        raise Unsound(Code.NOT_GZIP)
    return plain


def begun(chunks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """The first bytes that say something (a byte order mark left out), and all chunks again."""
    first = b""
    while not first.strip() and len(first) < _STEP_BYTES and (more := next(chunks, b"")):
        first += more
    return first.removeprefix(codecs.BOM_UTF8).lstrip(), chain([first], chunks)


def bounded(chunks: Iterable[bytes], *, bytes_max: int) -> Iterator[bytes]:
    total = 0
    for chunk in chunks:
        total += len(chunk)
        if total > bytes_max:
            raise Unsound(Code.TOO_LARGE, expected=f"{bytes_max} bytes")
        yield chunk


def _inflated(chunks: Iterable[bytes]) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(wbits=31)
    try:
        for chunk in chunks:
            data = chunk
            while data:
                if unpacker.eof:  # a gzip file may have several members one after the other
                    unpacker = zlib.decompressobj(wbits=31)
                yield unpacker.decompress(data, _STEP_BYTES)
                data = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
    except zlib.error as wrong:
        raise Unsound(Code.NOT_GZIP) from wrong
    if not unpacker.eof:
        raise Unsound(Code.NOT_GZIP)


def lines(chunks: Iterable[bytes], *, chars_max: int) -> Iterator[str]:
    """Lines ending with a line feed, whatever ended them; UTF-8 with or without byte order mark."""
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder("utf-8-sig")(), translate=True)
    pending, row = "", 1
    for chunk, final in chain(((chunk, False) for chunk in chunks), [(b"", True)]):
        try:
            text = decoder.decode(chunk, final=final)
        except UnicodeDecodeError as wrong:
            at = row + wrong.object.count(b"\n", 0, wrong.start)
            raise Unsound(Code.ENCODING, row=at, value=hex(wrong.object[wrong.start])) from wrong
        whole = (pending + text).split("\n")
        pending = whole.pop()
        for line in whole:
            if len(line) > chars_max:
                raise Unsound(Code.ROW_BROKEN, row=row, expected=f"{chars_max}")
            yield line + "\n"
            row += 1
        if len(pending) > chars_max:
            raise Unsound(Code.ROW_BROKEN, row=row, expected=f"{chars_max}")
    if pending:
        yield pending
