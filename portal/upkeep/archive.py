"""One archive of everything but the index: rows and originals, checked member by member."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

FORMAT = 1
MANIFEST = "manifest.json"
CHUNK = 1 << 20
CANNOT_READ = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    KeyError,
    ValueError,
    RuntimeError,  # a bit turned into "encrypted", a method nobody knows
)


class ArchiveDamaged(Exception):
    """The archive is not whole; nothing was taken from it."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file of the archive: size in bytes, SHA-256 in hex."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive says of itself: format, when (ISO 8601), facts about the portal, members."""

    format: int
    created: str
    facts: dict[str, Any]
    members: tuple[Member, ...]


class ArchiveWriter:
    """Collects members with their checksums; the manifest is written last."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.members: list[Member] = []

    def add(self, name: str, chunks: Iterable[bytes], *, packed: bool = True) -> None:
        """Adds one member; *packed* compresses it."""
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        info.external_attr = 0o600 << 16
        digest, size = hashlib.sha256(), 0
        with self._archive.open(info, "w", force_zip64=True) as out:
            for chunk in chunks:
                out.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        self.members.append(Member(name, size, digest.hexdigest()))

    def finish(self, created: str, facts: dict[str, Any]) -> None:
        """Writes the manifest."""
        manifest = Manifest(FORMAT, created, facts, tuple(self.members))
        self._archive.writestr(MANIFEST, json.dumps(asdict(manifest), ensure_ascii=False))


@contextmanager
def writing(target: Path) -> Iterator[ArchiveWriter]:
    """A new archive at *target*, there only when it is whole: written aside, synced, renamed."""
    aside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with aside.open("xb") as raw:
            aside.chmod(0o600)
            with zipfile.ZipFile(raw, "w", allowZip64=True) as archive:
                yield ArchiveWriter(archive)
            raw.flush()
            os.fsync(raw.fileno())
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)


@contextmanager
def verified(source: Path) -> Iterator[tuple[Manifest, zipfile.ZipFile]]:
    """The archive at *source*, every member read and compared with its checksum before use.

    Raises ArchiveDamaged for anything cut, changed, missing, added or not ours.
    """
    with ExitStack() as opened:
        try:
            archive = opened.enter_context(zipfile.ZipFile(source))
            manifest = _manifest(archive)
            _compare(archive, manifest)
        except CANNOT_READ as error:
            raise ArchiveDamaged(f"{source} is no whole backup of a portal: {error}") from error
        yield manifest, archive  # what fails from here on, such as a full disk, is not its fault


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    try:
        found = json.loads(archive.read(MANIFEST))
        members = tuple(Member(**member) for member in found["members"])
        manifest = Manifest(found["format"], found["created"], found["facts"], members)
    except (*CANNOT_READ, TypeError) as error:
        raise ArchiveDamaged(f"The backup's {MANIFEST} cannot be read: {error}") from error
    if manifest.format != FORMAT:
        raise ArchiveDamaged(
            f"The backup has format {manifest.format}; this portal reads format {FORMAT}. "
            "Restore it with the release that made it."
        )
    return manifest


def _compare(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    listed = {member.name for member in manifest.members} | {MANIFEST}
    if (there := set(archive.namelist())) != listed:
        raise ArchiveDamaged(f"The backup's members differ from its list: {sorted(there ^ listed)}")
    for member in manifest.members:
        digest, size = hashlib.sha256(), 0
        with archive.open(member.name) as opened:
            for chunk in chunks_of(opened):
                digest.update(chunk)
                size += len(chunk)
        if (size, digest.hexdigest()) != (member.size, member.sha256):
            raise ArchiveDamaged(f"The backup's {member.name} differs from its checksum.")


def chunks_of(opened: IO[bytes]) -> Iterator[bytes]:
    """The rest of an open file, a megabyte at a time."""
    return iter(lambda: opened.read(CHUNK), b"")
