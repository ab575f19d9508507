"""Tar archives as a stream, unpacked with bounds: a few compressed bytes can ask for any amount of time or memory."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
from tarfile import EOFHeaderError, HeaderError, ReadError  # type: ignore[attr-defined]
from typing import IO, Self, cast

#: Bytes that any archive may unpack to, and how many more for each of its own: archives of VOEvents are 50 times smaller packed.
FREE_BYTES = 256 * 1024 * 1024
MAX_RATIO = 250
#: Memory of the xz decoder: its strongest preset needs 65 MiB.
_XZ_MEMORY = 128 * 1024 * 1024
#: Bytes of a header that is a member of its own (long names, pax records): read whole before anything else is known.
_MAX_HEADER = 1024 * 1024
_LONG_HEADERS = (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK)
_CHUNK = 64 * 1024


class UnpackedTooMuchError(OSError):
    """The archive unpacks to more than its size allows."""


class _Member(tarfile.TarInfo):
    """Says that an archive is broken, or cut off, where the library takes that for its end; bounds what headers hold."""

    @classmethod
    def fromtarfile(cls, tarfile: tarfile.TarFile) -> Self:
        try:
            return super().fromtarfile(tarfile)
        except EOFHeaderError:
            raise
        except HeaderError as error:
            if tarfile.offset == 0:
                raise
            raise ReadError(f"no end mark: {error}") from error

    def _proc_member(self, archive: tarfile.TarFile) -> tarfile.TarInfo:
        if self.type in _LONG_HEADERS and not 0 <= self.size <= _MAX_HEADER:
            raise ReadError(f"a header of {self.size} bytes")
        return super()._proc_member(archive)  # type: ignore[misc,no-any-return]


class _Xz(io.RawIOBase):
    """Bytes of an xz file, with bounded memory: the file says how large a dictionary it wants."""

    def __init__(self, packed: IO[bytes]) -> None:
        self._packed = packed
        self._decoder = lzma.LZMADecompressor(memlimit=_XZ_MEMORY)

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes; none at the end."""
        size = _CHUNK if size < 0 else size
        while True:
            if self._decoder.eof:
                rest = self._decoder.unused_data.lstrip(b"\0") or self._packed.read(_CHUNK).lstrip(b"\0")
                if not rest:
                    return b""
                self._decoder = lzma.LZMADecompressor(memlimit=_XZ_MEMORY)
            else:
                rest = self._packed.read(_CHUNK) if self._decoder.needs_input else b""
                if not rest and self._decoder.needs_input:
                    raise EOFError("the archive ends too early")
            if data := self._decoder.decompress(rest, size):
                return data


class _Bounded:
    """What tarfile reads: counts what comes out against what went in."""

    def __init__(self, unpacked: IO[bytes], packed: IO[bytes]) -> None:
        self._unpacked, self._packed, self._out = unpacked, packed, 0

    def read(self, size: int) -> bytes:
        """At most `size` bytes. Raises UnpackedTooMuchError."""
        data = self._unpacked.read(size)
        self._out += len(data)
        if self._out > FREE_BYTES + MAX_RATIO * self._packed.tell():
            raise UnpackedTooMuchError(f"{self._packed.tell()} bytes unpack to more than {self._out - len(data)}")
        return data


def open_archive(packed: IO[bytes]) -> tarfile.TarFile:
    """A tar archive, plain or compressed with gzip, bzip2 or xz, to be read once through.

    Raises
    ------
    tarfile.TarError, OSError, EOFError, zlib.error, lzma.LZMAError
        What reading it raises, now or later; UnpackedTooMuchError is an OSError.
    """
    start = packed.read(6)
    packed.seek(0)
    unpacked = packed
    if start.startswith(b"\x1f\x8b"):
        unpacked = cast("IO[bytes]", gzip.GzipFile(fileobj=packed))
    elif start.startswith(b"BZh"):
        unpacked = cast("IO[bytes]", bz2.BZ2File(packed))
    elif start.startswith(b"\xfd7zXZ"):
        unpacked = cast("IO[bytes]", _Xz(packed))
    return tarfile.open(fileobj=cast("IO[bytes]", _Bounded(unpacked, packed)), mode="r|", tarinfo=_Member)
