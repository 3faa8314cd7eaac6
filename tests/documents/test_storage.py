"""Originals are kept whole under their checksum, or not at all."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

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


Keep = Callable[[bytes], storage.StoredFile]
WAYS: dict[str, Keep] = {
    "one": lambda data: storage.keep([data]),
    "many": lambda data: storage.keep_all([data])[0],
}


@pytest.fixture(params=WAYS)
def keep(request: pytest.FixtureRequest) -> Keep:
    """Either way of keeping bytes."""
    return WAYS[request.param]


def test_an_original_lies_where_every_release_looks_for_it(media: Path, keep: Keep) -> None:
    sha256 = keep(b"bytes").sha256

    assert (media / sha256[:2] / sha256[2:4] / sha256).read_bytes() == b"bytes"


def test_nobody_else_on_the_machine_may_look_into_the_originals(
    media: Path, keep: Keep, settings: Settings
) -> None:
    settings.MEDIA_ROOT = root = media / "not" / "there yet"
    keep(b"bytes")
    keep(b"others")
    folders = [root, *root.rglob("*")]

    assert {folder.stat().st_mode & 0o777 for folder in folders if folder.is_dir()} == {0o700}
    assert {file.stat().st_mode & 0o077 for file in folders if file.is_file()} == {0}


def test_bytes_are_on_the_disk_before_they_get_their_name(
    media: Path, keep: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened: list[str] = []
    fsync, rename = os.fsync, Path.replace

    def sync(descriptor: int) -> None:
        place = Path(f"/proc/self/fd/{descriptor}").readlink()
        if place.is_dir():
            happened.append(f"names of {place.relative_to(media)} are kept")
        else:
            assert place.parent == media, "a rename is only whole on one file system"
            happened.append(f"{place.stat().st_size} bytes of {place.name[:10]} are kept")
        fsync(descriptor)

    def named(self: Path, target: Path) -> Path:
        happened.append("it gets its name")
        return rename(self, target)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(Path, "replace", named)
    sha256 = keep(b"five!").sha256

    assert happened == [
        "5 bytes of .incoming- are kept",
        "it gets its name",
        f"names of {sha256[:2]}/{sha256[2:4]} are kept",
    ]


def test_what_went_wrong_first_is_what_is_said(media: Path) -> None:
    def vanishing() -> Iterator[bytes]:
        yield b"first half"
        [begun] = media.iterdir()
        begun.unlink()
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        storage.keep(vanishing())


def test_a_file_is_copied_whole_and_stays_where_it_is(media: Path, tmp_path: Path) -> None:
    file = tmp_path / "large"
    file.write_bytes(bytes(range(256)) * 8192)
    stored = storage.keep_file(file)

    assert stored.size == 1 << 21
    assert storage.path_of(stored.sha256).read_bytes() == file.read_bytes()


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="There is no /proc here.")
def test_keeping_leaves_no_file_open(media: Path, keep: Keep) -> None:
    keep(b"first")
    before = len(list(Path("/proc/self/fd").iterdir()))
    for number in range(20):
        keep(b"%d" % number)

    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_missing_original_is_said_to_be_missing(media: Path) -> None:
    with pytest.raises(storage.MissingFile, match="is not in"):
        storage.open_file("0" * 64)
