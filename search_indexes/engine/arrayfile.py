"""A file of named arrays: a header, a directory in JSON, and the arrays, read by mapping them.

::

    8 bytes   b"PARRAYS" and the version
    4 + 4     length and CRC-32 of the directory, little-endian
    …         the directory: name -> [offset, number of bytes, numpy type]
    …         the arrays, each at a multiple of 64 bytes

The whole file is vouched for by the manifest's SHA-256; the checksum here tells a foreign file.
"""

from __future__ import annotations

import json
import mmap
import os
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from search_indexes.engine.arrays import Array
from search_indexes.engine.errors import IndexDamaged

VERSION = 2
MAGIC = b"PARRAYS" + bytes([VERSION])
HEADER = struct.Struct("<8sII")
ALIGNED = 64
KINDS = frozenset({"|u1", "<u2", "<u4", "<i4", "<i8"})


def write(file: Path, arrays: Mapping[str, Array]) -> None:
    """Writes *arrays* and has the disk keep them; *file* must be new."""
    sizes = {name: array.nbytes for name, array in arrays.items()}
    # The directory tells offsets from its own end, so that its length does not change them.
    places: dict[str, tuple[int, int, str]] = {}
    offset = 0
    for name, array in arrays.items():
        places[name] = offset, sizes[name], array.dtype.str
        offset += sizes[name] + -sizes[name] % ALIGNED
    directory = json.dumps(places).encode()
    with file.open("xb") as handle:
        handle.write(HEADER.pack(MAGIC, len(directory), zlib.crc32(directory)))
        handle.write(directory)
        handle.write(b"\0" * (-handle.tell() % ALIGNED))
        for name, array in arrays.items():
            handle.write(np.ascontiguousarray(array).data)
            handle.write(b"\0" * (-sizes[name] % ALIGNED))
        handle.flush()
        os.fsync(handle.fileno())


def read(file: Path) -> dict[str, Array]:
    """The arrays in *file*, mapped and read-only; raises IndexDamaged."""
    try:
        with file.open("rb") as handle:
            data = mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ)
        magic, length, checksum = HEADER.unpack_from(data)
        directory = data[HEADER.size : HEADER.size + length]
        if magic != MAGIC or zlib.crc32(directory) != checksum:
            raise ValueError("not a file of arrays of this version")
        start = HEADER.size + length
        start += -start % ALIGNED
        return {
            name: _mapped(data, start + offset, size, kind)
            for name, (offset, size, kind) in json.loads(directory).items()
        }
    except (OSError, ValueError, struct.error, TypeError) as error:
        raise IndexDamaged(
            f"索引文件 {file.name} 无法读取（{error}）；请运行 manage.py reindex。"
        ) from error


def _mapped(data: mmap.mmap, offset: int, size: int, kind: str) -> Array:
    if kind not in KINDS:
        raise ValueError(f"unknown type {kind}")
    dtype = np.dtype(kind)
    return np.frombuffer(data, dtype, size // dtype.itemsize, offset)
