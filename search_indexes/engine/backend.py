"""The haystack backend over Whoosh: one door for searching, changing and replacing the index."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any, overload

from django.core.exceptions import ImproperlyConfigured
from haystack import connections
from haystack.backends import BaseEngine, BaseSearchBackend, log_query
from haystack.constants import DJANGO_CT, DJANGO_ID
from haystack.fields import SearchField
from haystack.models import SearchResult
from whoosh import query
from whoosh.fields import Schema

from search_indexes.engine import arraywriter, commits, executor, generations, schema, snapshot
from search_indexes.engine.arraywriter import Join
from search_indexes.engine.errors import IndexDamaged, IndexUnusable
from search_indexes.engine.fields import DocumentKey
from search_indexes.engine.queries import PolicySearchQuery
from search_indexes.engine.values import Answer, FoundDocument, Selection

BATCH = 20_000
"""Sections a commit during a rebuild; fewer make more segments, more need more memory."""

MEGABYTES = 256


class PolicyBackend(BaseSearchBackend):  # type: ignore[misc]  # haystack is untyped
    """Whoosh files in ``PATH``; every method raises IndexUnusable or one of its kinds."""

    def __init__(self, connection_alias: str, **options: Any) -> None:
        super().__init__(connection_alias, **options)
        if not options.get("PATH"):
            raise ImproperlyConfigured(f"Set PATH of the haystack connection {connection_alias!r}.")
        self.root = Path(options["PATH"])
        self.codec: str = options.get("CODEC", commits.ARRAY)
        if self.codec not in commits.CODECS:
            raise ImproperlyConfigured(
                f"CODEC of the haystack connection {connection_alias!r} is {self.codec!r}; "
                f"use one of {', '.join(commits.CODECS)}."
            )
        self._held: snapshot.Snapshot | None = None

    @property
    def fields(self) -> dict[str, SearchField]:
        """The fields declared in search_indexes.py."""
        declared: dict[str, SearchField] = (
            connections[self.connection_alias].get_unified_index().all_searchfields()
        )
        return declared

    # Searching

    @log_query  # type: ignore[untyped-decorator]  # haystack is untyped
    def search(self, tree: query.Query | None, **kwargs: Any) -> dict[str, Any]:
        """Documents that match, as haystack's results, and the whole Answer beside them."""
        answer = self.answer(tree, kwargs.get("selection") or Selection())
        return {
            "results": _Results(answer.documents),
            "hits": answer.count,
            "facets": {name: list(counts.items()) for name, counts in answer.facets.items()},
            "answer": answer,
        }

    def answer(self, tree: query.Query | None, selection: Selection) -> Answer:
        """Runs *tree* over the live commit."""
        live = self._held or snapshot.latest(self.root, self.fields)
        try:
            answer = executor.execute(live, tree, selection)
            _read(answer)
            return answer
        except IndexUnusable:
            raise
        except (OSError, EOFError, ValueError, LookupError) as error:
            # Files that changed under an open index, as Whoosh's parsing of them fails.
            raise IndexDamaged(f"索引读取失败（{error}）；请运行 manage.py reindex。") from error

    @contextmanager
    def held(self) -> Iterator[snapshot.Snapshot]:
        """The live commit, which answers every search of this thread until it is left.

        Words are cut by the terms of the index that is asked, also when another one is made the
        live one meanwhile.
        """
        before, self._held = self._held, self._held or self.opened()
        try:
            yield self._held
        finally:
            self._held = before

    def entries(self, folder: Path | None = None) -> dict[int, tuple[str, list[int]]]:
        """Version and section numbers by document, of the live generation or that in *folder*."""
        return self.opened(folder).entries()

    def fingerprint(self) -> str:
        """What the live generation was built by."""
        return commits.read_manifest(generations.current(self.root)).fingerprint

    def terms(self) -> tuple[str, ...]:
        """What the live generation is cut with beside the dictionary's own words."""
        return self.opened().terms

    def check(self) -> None:
        """Raises IndexMissing or IndexDamaged; files unchanged since they were read are not again.

        What is open already is looked at too: its files may have changed since.
        """
        snapshot.verify(self.root)
        self.opened()

    def opened(self, folder: Path | None = None) -> snapshot.Snapshot:
        """The live commit, or that of the generation in *folder*."""
        if folder is None:
            return snapshot.latest(self.root, self.fields)
        return snapshot.open_generation(folder, self.fields)

    # Changing

    def lock(self, name: str = "write", **patience: Any) -> Any:
        """The index's lock as a context manager (see generations.lock); raises IndexBusy."""
        return generations.lock(self.root, name, **patience)

    def replace(
        self,
        index: Any,
        keys: Iterable[int],
        sections: Iterable[Any],
        folder: Path | None = None,
        join: Join = Join.TIERED,
    ) -> int:
        """In one commit: takes out the documents *keys*, puts in *sections*; returns how many.

        *index* prepares sections, and says with ``cut_by`` how their text is cut. The caller
        holds the write lock, or owns the generation in *folder*.
        """
        target = folder or generations.current(self.root)
        manifest = commits.read_manifest(target)
        commits.verify(target, manifest)
        count = 0
        as_row = schema.rows(self.fields)
        cut = index.cut_by(commits.terms_of(target, manifest))
        with _damage_named(), cut, self._writer(target, manifest, join) as writer:
            writer.delete_documents(keys)
            for section in sections:
                writer.add_document(**as_row(index.full_prepare(section)))
                count += 1
        return count

    def _writer(self, folder: Path, manifest: commits.Manifest, join: Join) -> Any:
        # A generation keeps the codec it was begun with.
        if manifest.codec == commits.STOCK:
            field = schema.named(self.fields, DocumentKey)
            return commits.writer(folder, manifest, field, MEGABYTES)
        return arraywriter.writer(folder, manifest, self.fields, join)

    # A new generation

    @property
    def schema(self) -> Schema:
        """The Whoosh schema of the fields."""
        return schema.build(self.fields)

    @property
    def in_parts(self) -> bool:
        """Whether a generation can be put together from parts built apart."""
        return self.codec == commits.ARRAY

    def begin(self, fingerprint: str, terms: Iterable[str] = ()) -> Path:
        """An empty generation beside the live one, to be cut with *terms*.

        The caller holds the rebuild lock.
        """
        return generations.begin(self.root, self.schema, fingerprint, self.codec, terms)

    def fill(self, folder: Path, index: Any, sections: Iterable[Any]) -> int:
        """Adds *sections* to a generation that is not live yet, in large commits."""
        total = self.fill_part(folder, index, sections)
        self.replace(index, (), (), folder, Join.ALL)
        return total

    def fill_part(self, folder: Path, index: Any, sections: Iterable[Any]) -> int:
        """The same for a generation that will be adopted, or has more to come."""
        total = 0
        for batch in whole_documents(sections, BATCH):
            total += self.replace(index, (), batch, folder, Join.NONE)
        return total

    def adopt(self, folder: Path, parts: Iterable[Path]) -> None:
        """Moves what was built in the generations *parts* into the empty one in *folder*."""
        manifest = commits.read_manifest(folder)
        with arraywriter.writer(folder, manifest, self.fields, Join.ALL) as writer:
            for part in parts:
                writer.adopt(part)

    def switch(self, folder: Path) -> None:
        """Makes *folder* the live generation; the caller holds the write lock."""
        generations.switch(self.root, folder)

    # Haystack's own commands

    def update(self, index: Any, iterable: Iterable[Any], commit: bool = True) -> None:
        """Replaces the documents whose sections these are, all of each."""
        sections = list(iterable)
        with self.lock():
            self.replace(index, {section.document_id for section in sections}, sections)

    def remove(self, obj_or_string: Any, commit: bool = True) -> None:
        """Not offered: a section leaves with its document (see search_indexes.sync)."""
        raise NotImplementedError("Withdraw the document; its sections leave the index with it.")

    def clear(self, models: Any = None, commit: bool = True) -> None:
        """Not offered: readers would be left with nothing."""
        raise NotImplementedError(
            "Run manage.py reindex: it replaces the index without emptying it."
        )


def whole_documents(sections: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """*sections* in lists of about *size*; no document is in two of them."""
    batch: list[Any] = []
    for _, mine in groupby(sections, key=lambda section: section.document_id):
        batch.extend(mine)
        if len(batch) >= size:
            yield batch
            batch = []
    if batch:
        yield batch


@contextmanager
def _damage_named() -> Iterator[None]:
    try:
        yield
    except (EOFError, ImportError) as error:
        raise IndexDamaged(f"索引写入失败（{error}）；请运行 manage.py reindex。") from error


def _read(answer: Answer) -> None:
    """Reads what is stored of the page, so that damage is met here and nowhere later."""
    for document in answer.documents:
        _ = document.card
        for section in document.sections:
            _ = section.shown


class _Results(Sequence[SearchResult]):
    """Haystack's results, made when they are looked at: the finder asks for the Answer alone."""

    def __init__(self, documents: Sequence[FoundDocument]) -> None:
        self._documents = documents

    def __len__(self) -> int:
        return len(self._documents)

    @overload
    def __getitem__(self, place: int) -> SearchResult: ...

    @overload
    def __getitem__(self, place: slice) -> list[SearchResult]: ...

    def __getitem__(self, place: int | slice) -> SearchResult | list[SearchResult]:
        found = self._documents[place]
        return (
            _as_result(found) if isinstance(found, FoundDocument) else list(map(_as_result, found))
        )


def _as_result(document: FoundDocument) -> SearchResult:
    best = document.sections[0].shown
    app_label, model_name = best[DJANGO_CT].split(".")
    return SearchResult(app_label, model_name, best[DJANGO_ID], document.score, document=document)


class PolicyEngine(BaseEngine):  # type: ignore[misc]  # haystack is untyped
    """The ENGINE of HAYSTACK_CONNECTIONS."""

    backend = PolicyBackend
    query = PolicySearchQuery
