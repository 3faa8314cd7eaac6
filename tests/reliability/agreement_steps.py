"""What is done to the portal in tests.reliability.agreement, in truth, and by whom it is done."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.db import connection, connections

from documents import originals, review, storage, versions
from documents.intake import new_draft
from documents.models import Document, SourceFile
from documents.register import Register
from documents.text import Reading, read_text
from portal.upkeep.backup import restore
from search_indexes.rebuild import rebuild

BACKUP = settings.PORTAL_DATA / "model.backup"


@dataclass(frozen=True, slots=True)
class Known:
    """A document as the model knows it."""

    status: str
    title: str
    heading: str
    """The title as it was read, which heads the text whatever the record is called later."""
    texts: tuple[str, str]
    version: int = 1

    def says(self, word: str) -> bool:
        """Whether a search for *word* finds it."""
        return any(word in text for text in (self.title, self.heading, *self.texts))


Model = dict[str, Known]
ByStatus = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Step:
    """Something that is done to the portal: in truth, and to the model."""

    name: str
    do: Callable[[], object]
    then: Model


def _reading(known: Known) -> Reading:
    first, second = known.texts
    reading = read_text(f"{known.title}\n\n一、总则\n\n{first}\n\n二、附则\n\n{second}\n")
    return replace(reading, record=replace(reading.record, title=known.title))


def draft(name: str, known: Known) -> None:
    """Files a draft with its original."""
    reading = _reading(known)
    content = repr((name, known)).encode()

    def write(kept: list[storage.StoredFile]) -> None:
        document = new_draft(reading, Register(), None, name)
        _original(kept[0], content, document).save()

    originals.adopt_all([content], write)


def _original(kept: storage.StoredFile, content: bytes, document: Document | None) -> SourceFile:
    return SourceFile(
        document=document,
        sha256=kept.sha256,
        size=kept.size,
        name="原件.txt",
        format="txt",
        text=content.decode(),
    )


def edit(name: str, place: int, text: str) -> None:
    """Corrects one of the two sections."""
    section = (
        Document.objects.get(public_id=name).sections.exclude(text="").order_by("order")[place]
    )
    review.correct_section(
        section, review.SectionCorrection(section.number, section.heading, text, ())
    )


def rename(name: str, title: str) -> None:
    """Corrects the title."""
    document = Document.objects.get(public_id=name)
    kept = {
        field: getattr(document, field)
        for field in (
            "ref_no", "written_date", "printed_date", "district", "document_type", "content_type",
            "recipients", "cc", "disclosure",
        )
    }  # fmt: skip
    review.correct_record(
        document, review.RecordCorrection(title=title, issuers=document.issuer_names, **kept)
    )


def revise(name: str, known: Known) -> None:
    """Proposes a new version and accepts it."""
    document, content = Document.objects.get(public_id=name), repr((name, known)).encode()
    original = _original(storage.keep([content]), content, None)
    versions.accept(versions.propose(document, _reading(known), (), original, None))


def put_back() -> None:
    """Restores the backup as the command does."""
    restore(BACKUP, force=True)
    rebuild()


def state() -> Model:
    """The database in the model's terms."""
    found = {}
    for document in Document.objects.prefetch_related("sections", "versions"):
        sections = sorted(document.sections.all(), key=lambda section: section.order)
        first, second = (section.text for section in sections if section.text)
        found[document.public_id] = Known(
            document.status,
            document.title,
            sections[0].heading,
            (first, second),
            len(document.versions.all()) + 1,
        )
    return found


def in_child(do: Callable[[], object], number: int) -> bool:
    """Whether a child came to the end of *do* before its *number*-th event, which kills it."""
    connections.close_all()
    child = os.fork()
    if not child:
        with suppress(BaseException):
            _count_to(number)
            do()
            os._exit(0)
        os._exit(1)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return False
    assert os.WEXITSTATUS(status) == 0, "the child failed of itself"
    return True


def _count_to(number: int) -> None:
    """Kills this process before its *number*-th statement, commit, or operation on files."""
    left = [number]

    def strike() -> None:
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)

    def heard(event: str, arguments: tuple[Any, ...]) -> None:
        writes = event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if writes or event in ("os.rename", "os.remove", "fcntl.flock", "os.mkdir"):
            strike()

    def wrapped(execute: Callable[..., Any], *arguments: Any) -> Any:
        strike()
        return execute(*arguments)

    here: Any = connection

    def committed(real: Callable[[], None] = here._commit) -> None:
        strike()
        real()
        strike()

    sys.addaudithook(heard)
    connection.execute_wrappers.append(wrapped)
    here._commit = committed
