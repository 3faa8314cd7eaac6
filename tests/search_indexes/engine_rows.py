"""An engine without a database: documents of five sections that say their version."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from haystack.constants import DJANGO_CT, DJANGO_ID, ID
from haystack.fields import SearchField
from whoosh import query

from search_indexes.engine import arraywriter, commits, executor, generations, schema, snapshot
from search_indexes.engine.fields import Characters, DocumentCard, DocumentKey, Shown, Words
from search_indexes.engine.queries import FIELDS
from search_indexes.engine.values import Card, Selection

DECLARED: dict[str, SearchField] = {
    "text": Words(document=True),
    "characters": Characters(),
    "document": DocumentKey(),
    "card": DocumentCard(),
    "shown": Shown(),
}
for name, field in DECLARED.items():
    field.set_instance_name(name)

SECTIONS = 5


def empty_generation(root: Path) -> Path:
    """A live generation without documents, in the new folder *root*."""
    root.mkdir()
    switch(root, (), "")
    return root


def switch(root: Path, documents: Iterable[int], version: str) -> None:
    """Builds a new generation of *documents* and makes it the live one."""
    built = generations.begin(root, schema.build(DECLARED), "test", commits.ARRAY)
    _write(built, documents, version)
    generations.switch(root, built)


def commit(root: Path, *documents: int, version: str = "") -> None:
    """Replaces *documents* in the live generation."""
    _write(generations.current(root), documents, version)


def _write(folder: Path, documents: Iterable[int], version: str) -> None:
    manifest = commits.read_manifest(folder)
    commits.verify(folder, manifest)
    with arraywriter.writer(folder, manifest, DECLARED) as writer:
        wanted = list(documents)
        writer.delete_documents(wanted)
        for document in wanted:
            for number in range(SECTIONS):
                writer.add_document(**_row(document, number, version))


def _row(document: int, number: int, version: str) -> dict[str, object]:
    card = Card(document, 0, version, {"year": (version or "0",)}, dict.fromkeys(FIELDS, ""))
    key = document * SECTIONS + number
    prepared = {
        ID: f"a.b.{key}",
        DJANGO_CT: "a.b",
        DJANGO_ID: str(key),
        "text": ["创新", str(document), *["企业"] * number],
        "characters": f"创新{document}",
        "document": document,
        "card": card if number == 0 else None,
        "shown": {"text": version},
    }
    return schema.rows(DECLARED)(prepared)


Counts = tuple[int, int, dict[str, int]]
"""Documents, sections, and documents by version."""


def counts(root: Path) -> Counts:
    """What the live commit answers."""
    live = snapshot.latest(root, DECLARED)
    answer = executor.execute(live, query.Term("text", "创新"), Selection(("year",), end=20))
    for document in answer.documents:
        for section in document.sections:
            assert section.shown["shown"] == {"text": document.card.version}
    return answer.count, answer.section_count, answer.facets["year"]


def versions(root: Path) -> dict[int, str]:
    """Version by document, as the live commit has them."""
    return {key: version for key, (version, _) in snapshot.latest(root, DECLARED).entries().items()}
