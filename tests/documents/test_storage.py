"""Originals are kept whole under their checksum, or not at all."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from documents import storage


def test_a_kept_file_comes_back_byte_for_byte(media: Path) -> None:
    stored = storage.keep([b"one ", b"two"])

    assert stored.sha256 == hashlib.sha256(b"one two").hexdigest()
    assert stored.size == 7
    with storage.open_file(stored.sha256) as file:
        assert file.read() == b"one two"


def test_keeping_the_same_bytes_twice_keeps_one_file(media: Path) -> None:
    storage.keep([b"same"])
    storage.keep([b"sa", b"me"])

    assert len([file for file in media.rglob("*") if file.is_file()]) == 1


def test_a_source_that_breaks_off_leaves_nothing_behind(media: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield b"first half"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        storage.keep(broken())

    assert not [file for file in media.rglob("*") if file.is_file()]


def test_many_are_kept_as_one_by_one(media: Path) -> None:
    contents = [b"one", b"two", b"one", b""]
    stored = storage.keep_all(contents)

    assert stored == [storage.keep([data]) for data in contents]
    files = {file.name: file.read_bytes() for file in media.rglob("*") if file.is_file()}
    assert files == {hashlib.sha256(data).hexdigest(): data for data in contents}


@pytest.mark.parametrize("nth", range(1, 8))
def test_many_on_a_failing_disk_leave_whole_files_or_none(
    media: Path, monkeypatch: pytest.MonkeyPatch, nth: int
) -> None:
    calls, fsync = [0], os.fsync

    def fail(descriptor: int) -> None:
        calls[0] += 1
        if calls[0] == nth:
            raise OSError(5, "Input/output error")
        fsync(descriptor)

    with monkeypatch.context() as now:
        now.setattr(os, "fsync", fail)
        with pytest.raises(OSError, match="Input/output"):
            storage.keep_all([b"one", b"two", b"three", b"four"])

    for file in (file for file in media.rglob("*") if file.is_file()):
        assert file.name == hashlib.sha256(file.read_bytes()).hexdigest()


@pytest.mark.parametrize("step", ["fsync", "rename"])
def test_a_disk_that_fails_leaves_nothing_behind(
    media: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    calls: list[str] = []

    def fail(*args: object) -> None:
        calls.append(step)
        raise OSError(28, "No space left on device")

    if step == "fsync":
        monkeypatch.setattr(os, "fsync", fail)
    else:
        monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="No space left"):
        storage.keep([b"bytes"])

    assert calls, "the fault was never injected"
    assert not [file for file in media.rglob("*") if file.is_file()]


def test_a_missing_original_is_said_to_be_missing(media: Path) -> None:
    with pytest.raises(storage.MissingFile, match="is not in"):
        storage.open_file("0" * 64)
