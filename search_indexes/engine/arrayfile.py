"""A file of named arrays: a header, the arrays, a directory in JSON; read by mapping it.

::

    8 bytes       b"PARRAYS" and the version
    4 + 4 + 8     length, CRC-32 and place of the directory, little-endian
    …             the arrays, each at a multiple of 64 bytes
    …             the directory: name -> [place, number of bytes, numpy type]

The directory comes last, so that each array is written, and forgotten, as soon as it is made.

The whole file is vouched for by the manifest's SHA-256; the checksum here tells a foreign file.
"""

from __future__ import annotations

import json
import mmap
import os
import struct
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from search_indexes.engine.arrays import Array
from search_indexes.engine.errors import IndexDamaged

VERSION = 3
MAGIC = b"PARRAYS" + bytes([VERSION])
HEADER = struct.Struct("<8sIIQ")
ALIGNED = 64
KINDS = frozenset({"|u1", "<u2", "<u4", "<i4", "<i8"})


def write(file: Path, arrays: Iterable[tuple[str, Array]]) -> None:
    """Writes *arrays*, one at a time, and has the disk keep them; *file* must be new."""
    places: dict[str, tuple[int, int, str]] = {}
    with file.open("xb") as handle:
        handle.write(b"\0" * HEADER.size)
        for name, array in arrays:
            handle.write(b"\0" * (-handle.tell() % ALIGNED))
            places[name] = handle.tell(), array.nbytes, array.dtype.str
            handle.write(np.ascontiguousarray(array).data)
        directory = json.dumps(places).encode()
        end = handle.tell()
        handle.write(directory)
        handle.seek(0)
        handle.write(HEADER.pack(MAGIC, len(directory), zlib.crc32(directory), end))
        handle.flush()
        os.fsync(handle.fileno())


def read(file: Path) -> dict[str, Array]:
    """The arrays in *file*, mapped and read-only; raises IndexDamaged."""
    try:
        with file.open("rb") as handle:
            data = mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ)
        magic, length, checksum, end = HEADER.unpack_from(data)
        directory = data[end : end + length]
        if magic != MAGIC or zlib.crc32(directory) != checksum:
            raise ValueError("not a file of arrays of this version")
        return {
            name: _mapped(data, place, size, kind)
            for name, (place, size, kind) in json.loads(directory).items()
        }
    except (OSError, ValueError, struct.error, TypeError) as error:
        raise IndexDamaged(
            f"索引文件 {file.name} 无法读取（{error}）；请运行 manage.py reindex。"
        ) from error


def release(array: Array) -> None:
    """Lets go of the memory that has come in through the file of *array*; it is read again as used.

    What was read of a mapped file counts as this process's until others need the room.
    """
    base: Any = array
    while isinstance(base, np.ndarray):
        base = base.base
    if isinstance(base, memoryview):
        base = base.obj
    if isinstance(base, mmap.mmap):
        base.madvise(mmap.MADV_DONTNEED)


def _mapped(data: mmap.mmap, place: int, size: int, kind: str) -> Array:
    if kind not in KINDS:
        raise ValueError(f"unknown type {kind}")
    dtype = np.dtype(kind)
    return np.frombuffer(data, dtype, size // dtype.itemsize, place)
