"""Where an index lies on disk: generations, the pointer to the live one, and locks.

::

    <PATH>/current                  the name of the live generation
    <PATH>/write.lock               held while anything changes
    <PATH>/rebuild.lock             held while a new generation is being built
    <PATH>/…-next.lock              held by whoever is next to hold the lock
    <PATH>/damaged-…                the last generation found damaged, for whoever asks why
    <PATH>/<generation>/manifest.json, terms.json, _MAIN_<n>.toc, MAIN_<segment>.arr or .seg …
"""

from __future__ import annotations

import fcntl
import secrets
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from whoosh import fields

from search_indexes.engine.commits import first, read_manifest, replace_file, verify
from search_indexes.engine.errors import IndexBusy, IndexDamaged, IndexMissing

LOCK_SECONDS = 10.0
LOCK_POLL = 0.005
WAITING_SECONDS = 5.0
BUSY = {"write": "索引正被另一进程写入", "rebuild": "另一进程正在重建索引"}
POINTER = "current"


@contextmanager
def lock(
    root: Path,
    name: str = "write",
    seconds: float = LOCK_SECONDS,
    waiting: Callable[[], None] = lambda: None,
) -> Iterator[None]:
    """Holds the lock *name* of the index in *root*; raises IndexBusy after *seconds*.

    Calls *waiting* every WAITING_SECONDS until then. The operating system lets go of the lock
    when its holder dies.
    """
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    began = told = time.monotonic()
    turn, held = root / f"{name}-next.lock", root / f"{name}.lock"
    with turn.open("a") as next_one, held.open("a") as handle:
        # Whoever is next waits alone for the holder, who must wait behind for another turn:
        # otherwise one that writes without a pause would let nobody in.
        for each in (next_one, handle):
            while not _locked(each):
                now = time.monotonic()
                if now >= told + WAITING_SECONDS:
                    told = now
                    waiting()
                if now >= began + seconds:
                    raise IndexBusy(f"{BUSY[name]}（等待 {seconds:.0f} 秒未得）；稍后会自动重试。")
                time.sleep(LOCK_POLL)
        fcntl.flock(next_one, fcntl.LOCK_UN)
        try:
            yield
        finally:
            fcntl.flock(handle, fcntl.LOCK_UN)


def _locked(handle: IO[str]) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def current(root: Path) -> Path:
    """The folder of the live generation; raises IndexMissing or IndexDamaged."""
    try:
        name = (root / POINTER).read_text("ascii").strip()
    except FileNotFoundError:
        raise IndexMissing("还没有索引；请运行 manage.py reindex。") from None
    except (OSError, UnicodeDecodeError) as error:
        raise IndexDamaged(f"索引指针无法读取（{error}）；请运行 manage.py reindex。") from error
    folder = root / name
    if not name.startswith("g-") or folder.parent != root or not folder.is_dir():
        raise IndexDamaged("索引指针所指的一代不存在；请运行 manage.py reindex。")
    return folder


def begin(
    root: Path, schema: fields.Schema, fingerprint: str, codec: str, terms: Iterable[str] = ()
) -> Path:
    """A new, empty generation beside the live one, to be cut with *terms*.

    The caller holds the rebuild lock.
    """
    for left in root.glob("building-*"):
        _remove(left)
    folder = root / f"building-{secrets.token_hex(4)}"
    folder.mkdir(mode=0o700)
    first(folder, schema, fingerprint, codec, terms)
    return folder


def switch(root: Path, folder: Path) -> Path:
    """Makes the generation built in *folder* the live one and removes all but the last before it.

    The caller holds the write lock. Readers still in the generation before keep its files; one
    that is damaged, or that another version wrote, is set apart.
    """
    before = _sound(root)
    live = folder.rename(root / f"g-{time.strftime('%Y%m%d%H%M%S')}-{secrets.token_hex(4)}")
    if (root / POINTER).is_dir():
        _remove(root / POINTER)
    replace_file(root / POINTER, live.name.encode())
    for old in root.glob("g-*"):
        if old not in (live, before):
            _remove(old)
    return live


def _sound(root: Path) -> Path | None:
    """The live generation if it is whole; one that is not is renamed, and none serves for now."""
    try:
        folder = current(root)
    except (IndexMissing, IndexDamaged):
        return None
    try:
        verify(folder, read_manifest(folder))
    except IndexDamaged:
        for old in root.glob("damaged-*"):
            _remove(old)
        folder.rename(root / f"damaged-{folder.name}")
        return None
    return folder


def _remove(old: Path) -> None:
    if old.is_dir() and not old.is_symlink():
        shutil.rmtree(old)
    else:
        old.unlink()
