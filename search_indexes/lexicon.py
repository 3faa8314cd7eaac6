"""The words the index holds, with how many sections hold each and how each sounds."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django import db
from django.conf import settings
from haystack import connections

from documents.models import Document
from search_indexes.engine import commits
from search_indexes.sounds import blurred, sound

log = logging.getLogger(__name__)

MOST_WORDS = 120_000
FEW = 200
"""Published documents whose words are read while the reader waits."""
LONGEST = 8
FIELDS = ("text", "headings", "context")
VERSION = 1

_HAN = re.compile(rf"[\u3400-\u9fff]{{2,{LONGEST}}}")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words by themselves, by sound, and by what is left when one character is taken away.

    ``counts`` says how many sections hold a word; lists begin with the most frequent word.
    """

    counts: dict[str, int]
    by_sound: dict[str, list[str]] = field(default_factory=dict)
    by_blur: dict[str, list[str]] = field(default_factory=dict)
    by_rest: dict[str, list[str]] = field(default_factory=dict)
    total: int = 0


SHORTEST_EDITED = 4
"""Among shorter words nearly every one is one character away from many others."""


def lexicon() -> Lexicon:
    """The words of the live index generation, empty while they are still being read.

    Words that came after the last rebuild are not in it. Raises IndexUnusable.
    """
    name = _generation()
    if name in _known:
        return _known[name]
    if _file(name).exists() or Document.objects.published().count() <= FEW:
        return prepare()
    if not _lock.locked():
        threading.Thread(target=_prepare_quietly, name="lexicon", daemon=True).start()
    return Lexicon({})


def prepare() -> Lexicon:
    """Reads the words of the live generation and keeps them, in memory and for other processes."""
    name = _generation()
    with _lock:
        if name not in _known:
            made = _arranged(_kept(name) or _keep(name, _read()))
            _known.clear()
            _known[name] = made
        return _known[name]


def _prepare_quietly() -> None:
    try:
        prepare()
    except Exception:
        log.exception("The words of the index could not be read; nothing else depends on them.")
    finally:
        db.connections.close_all()


_known: dict[str, Lexicon] = {}
_lock = threading.Lock()

Sounds = dict[str, tuple[int, str]]


def without_one(word: str) -> Iterator[str]:
    """*word* with each of its characters taken away in turn."""
    return (word[:place] + word[place + 1 :] for place in range(len(word)))


def _opened() -> Any:
    return connections["default"].get_backend().opened()


def _generation() -> str:
    folder: Path = _opened().folder
    return f"{folder.parent.name}-{folder.name}"


def _read() -> Sounds:
    counts: dict[str, int] = {}
    # A reader of its own: those of the searches are theirs.
    snapshot = _opened()
    reader = commits.opened(snapshot.folder, snapshot.manifest).reader()
    for name in FIELDS:
        for term, info in reader.iter_field(name):
            word = term.decode()
            if _HAN.fullmatch(word):
                counts[word] = max(counts.get(word, 0), info.doc_frequency())
    reader.close()
    first = sorted(counts, key=lambda word: (-counts[word], word))[:MOST_WORDS]
    return {word: (counts[word], sound(word)) for word in first}


def _arranged(sounds: Sounds) -> Lexicon:
    made = Lexicon({word: count for word, (count, _) in sounds.items()}, total=len(sounds))
    for word, (_, letters) in sounds.items():
        made.by_sound.setdefault(letters, []).append(word)
        made.by_blur.setdefault(blurred(letters), []).append(word)
        if len(word) >= SHORTEST_EDITED:
            for rest in without_one(word):
                made.by_rest.setdefault(rest, []).append(word)
    return made


def _file(name: str) -> Path:
    folder: Path = settings.PORTAL_DATA / "cache"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / f"lexicon-{VERSION}-{name}.json"


def _kept(name: str) -> Sounds | None:
    try:
        rows = json.loads(_file(name).read_text("utf-8"))
        return {str(word): (int(count), str(letters)) for word, count, letters in rows}
    except (OSError, ValueError, TypeError):
        return None


def _keep(name: str, sounds: Sounds) -> Sounds:
    """Spares the next process the reading of every word aloud; a failure costs only that."""
    file = _file(name)
    rows = [[word, count, letters] for word, (count, letters) in sounds.items()]
    with contextlib.suppress(OSError):
        descriptor, made = tempfile.mkstemp(dir=file.parent, prefix=".lexicon-")
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            json.dump(rows, out, ensure_ascii=False)
        Path(made).replace(file)
        for old in file.parent.glob("lexicon-*.json"):
            if old != file:
                old.unlink(missing_ok=True)
    return sounds
