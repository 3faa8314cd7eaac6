"""What tests of every room share: an index of their own and documents made by hand."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import haystack
import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from documents.models import (
    District,
    Document,
    DocumentIssuer,
    Issuer,
    Section,
    SectionTheme,
    Status,
    Theme,
)
from documents.signals import document_changed
from documents.text.values import SectionKind
from portal.fragments import kept
from search_indexes.engine import snapshot
from search_indexes.sync import catch_up

pytest_plugins = ["tests.promises"]

SectionSpec = tuple[int, str, str, str]
"""Level, number, heading and text of a hand-made section."""

MakeDocument = Callable[..., Document]

MEMORY = "/dev/shm"  # noqa: S108 - pytest makes a folder of its own in it
ROOM = 4 << 30
"""Bytes; a whole run takes less than one."""

ROWS = frozenset({"db", "transactional_db", "live_server"})
"""Fixtures by which a test comes to the database."""


def pytest_configure() -> None:
    """Keeps the tests' folders in memory where there is room.

    A disk takes milliseconds to be sure of a write (fsync), and a test of the index or the store
    asks for that dozens of times. Nothing here is to outlive a power cut.
    """
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", MEMORY)


@pytest.hookimpl(tryfirst=True)  # before tests are chosen by their marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what keeps rows in the database: on another one only these can end otherwise."""
    for item in items:
        if ROWS.intersection(getattr(item, "fixturenames", ())) or item.get_closest_marker(
            "django_db"
        ):
            item.add_marker("rows")


@pytest.fixture(autouse=True)
def _no_shared_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "index"
    monkeypatch.setitem(settings.HAYSTACK_CONNECTIONS["default"], "PATH", str(folder))
    haystack.connections.reload("default")
    yield folder
    snapshot.forget(folder)


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    """A database rolled back has the stamps of the one before, and other documents."""
    kept.clear()


@pytest.fixture
def index(_no_shared_index: Path) -> Path:
    """The folder of this test's own index, empty until something is indexed."""
    return _no_shared_index


@pytest.fixture
def make_document(db: None) -> MakeDocument:
    """Publishes a hand-made document and brings the index up to date.

    ``sections`` are (level, number, heading, text) below a part named like the document; a
    plain text makes one section of it. ``themes`` are given to the first of them.
    """

    def make(
        title: str = "关于印发工作要点的通知",
        sections: Sequence[SectionSpec] | str = "加快推进科技创新。",
        *,
        public_id: str | None = None,
        issuers: Sequence[str] = (),
        ref: tuple[str, int, int] | None = None,
        district: str | None = None,
        written: date | None = None,
        themes: Sequence[str] = (),
        indexed: bool = True,
    ) -> Document:
        number = Document.objects.count() + 1
        document = Document(
            public_id=public_id or f"d{number}",
            slug=public_id or f"d{number}",
            status=Status.PUBLISHED,
            title=title,
            written_date=written,
            district=_district(district) if district else None,
            version_hash=hashlib.sha256(repr((title, sections)).encode()).hexdigest(),
            published_at=timezone.now(),
        )
        if ref:
            document.ref_code, document.ref_year, document.ref_serial = ref
            document.ref_no = f"{ref[0]}〔{ref[1]}〕{ref[2]}号"
        with transaction.atomic():
            document.save()
            for order, name in enumerate(issuers):
                issuer, _ = Issuer.objects.get_or_create(name=name)
                DocumentIssuer.objects.create(document=document, issuer=issuer, order=order)
            _add_sections(document, sections, themes)
            document_changed.send(Document, document_id=document.pk, published=True)
        if indexed:
            catch_up()
        return document

    return make


def _district(name: str) -> District:
    district, _ = District.objects.get_or_create(name=name)
    return district


def _add_sections(
    document: Document, sections: Sequence[SectionSpec] | str, themes: Sequence[str]
) -> None:
    specs: list[SectionSpec] = [(1, "", document.title, "")]
    specs += [(2, "", "", sections)] if isinstance(sections, str) else list(sections)
    above: dict[int, Section] = {}
    for order, (level, number, heading, text) in enumerate(specs):
        section = Section.objects.create(
            document=document,
            parent=above.get(level - 1),
            order=order,
            anchor=f"p{order}",
            level=level,
            kind=SectionKind.PART if level == 1 else SectionKind.HEADING,
            number=number,
            heading=heading,
            text=text,
            fingerprint=hashlib.sha256(f"{number}{heading}{text}".encode()).hexdigest(),
        )
        above[level] = section
        if order == 1:
            _add_themes(section, themes)


def _add_themes(section: Section, themes: Sequence[str]) -> None:
    for name in themes:
        theme, _ = Theme.objects.get_or_create(
            name=name, defaults={"slug": hashlib.sha256(name.encode()).hexdigest()[:12]}
        )
        SectionTheme.objects.create(section=section, theme=theme)


@pytest.fixture
def withdraw(db: None) -> Callable[..., Any]:
    """Withdraws a document; ``indexed=False`` leaves the index behind."""

    def withdraw(document: Document, *, indexed: bool = True) -> None:
        with transaction.atomic():
            Document.objects.filter(pk=document.pk).update(status=Status.WITHDRAWN)
            document_changed.send(Document, document_id=document.pk, published=False)
        if indexed:
            catch_up()

    return withdraw
