"""A list asks the database as often for many rows as for a few, whoever looks at it."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from documents import bookmarks, folders
from documents.models import (
    Batch,
    Bookmark,
    BookmarkTag,
    Document,
    FormerSlug,
    Job,
    JobFile,
    JobState,
    SourceFile,
    Status,
)
from portal.fragments import kept
from portal.models import Follow, Report
from search_indexes.models import Recommendation, SearchCount, SearchFeedback, SynonymGroup
from search_indexes.rebuild import rebuild
from tests.conftest import MakeDocument

pytestmark = pytest.mark.django_db

FEW, MANY = 3, 9
FULL = {"/admin/documents/issuer/", "/admin/search_indexes/policyterm/"}
"""Lists whose first page is full from the start."""


class Portal:
    """A portal whose every list can be made longer, and one editor who sees all of them."""

    def __init__(self, make_document: MakeDocument) -> None:
        self.make_document = make_document
        self.editor = User.objects.create_superuser("editor")
        self.folder = folders.create(self.editor, "夹")
        folders.share(self.folder, notes=True)
        self.batch = Batch.objects.create(user=self.editor)
        self.cited = make_document("石化产业安全条例", "甲企业。", indexed=False)
        self.rows = 0

    def grow(self, rows: int) -> None:
        """Makes every list *rows* long at least."""
        for number in range(self.rows, rows):
            self._one_more(number)
        self.rows = rows
        rebuild()

    def _one_more(self, number: int) -> None:
        sections = [(2, "一、", "企业", f"按《石化产业安全条例》和国发〔2023〕{number + 1}号办。")]
        document = self.make_document(
            f"第{number}号企业园区工作要点", sections, district=f"第{number}区",
            issuers=[f"甲{number}", f"乙{number}"], written=date(2020, 1, number + 1),
            themes=[f"主题{number}"], indexed=False,
        )  # fmt: skip
        draft = self.make_document(f"第{number}号草稿", "丙。", district="一区", indexed=False)
        Document.objects.filter(pk=draft.pk).update(status=Status.DRAFT)
        gone = self.make_document(f"第{number}号旧文", "丁。", issuers=["戊"], indexed=False)
        Document.objects.filter(pk=gone.pk).update(status=Status.WITHDRAWN)
        FormerSlug.objects.create(slug=f"former-{number}", document=document)
        SourceFile.objects.create(document=document, sha256=f"{number:064}", name="甲", size=1)
        mark = bookmarks.add(self.editor, document, "p1")
        BookmarkTag.objects.create(bookmark=mark, name=f"标签{number}")
        folders.put(mark, [self.folder])
        folders.create(self.editor, f"夹{number}")
        Follow.objects.create(user=self.editor, kind="document", value=str(document.pk))
        Follow.objects.create(user=self.editor, kind="district", value=str(document.district_id))
        Report.objects.create(document=document, version_hash="x", kind="text", said="错字")
        SynonymGroup.objects.create(terms=f"词{number}\n语{number}")
        SearchCount.objects.create(day=date(2020, 1, 1), query=f"词{number}")
        recommendation = Recommendation.objects.create(queries="企业")
        recommendation.places.create(document=document)
        SearchFeedback.objects.create(day=date(2020, 1, 1), query=f"词{number}", useful=False)
        Batch.objects.create(user=self.editor)
        for batch in (None, self.batch):
            job = Job.objects.create(
                kind="read", state=JobState.DONE, user=self.editor, batch=batch, document=draft
            )
            JobFile.objects.create(job=job, sha256=f"{number:064}", name="甲.txt", size=1)

    def addresses(self) -> list[str]:
        """Every list that hangs on nothing a reader typed, or on what `grow` makes."""
        shown = [f"admin:{m._meta.app_label}_{m._meta.model_name}_changelist" for m in _admins()]
        self.folder.refresh_from_db()
        return [
            *map(reverse, ("home", "feed", "bookmarks", "following", "upload", "missing", *shown)),
            "/search/", "/search/?q=企业", "/search/?theme=主题1", "/sitemap.xml",
            "/api/v1/search?q=企业", "/api/v1/search?q=",
            "/feeds/search/?q=企业", "/bookmarks/?q=企业", "/bookmarks/export/md/",
            self.cited.get_absolute_url(),
            f"/upload/batches/{self.batch.pk}/", self.folder.get_absolute_url(),
            f"/shared/{self.folder.share_token}/",
        ]  # fmt: skip


def _admins() -> list[type[Model]]:
    return [model for model in admin.site._registry if model not in (Group, User)]


def _asked(client: Client, address: str) -> tuple[int, list[str]]:
    """How long the answer is and what it asked; the second answer, when everything is read."""
    for _ in range(2):
        kept.clear()
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(address)
            length = len(answer.getvalue())
        if answer.status_code != 200:
            raise AssertionError(f"{address} answers {answer.status_code}.")
    return length, [query["sql"] for query in queries]


def test_no_list_asks_once_more_for_each_row(make_document: MakeDocument) -> None:
    portal = Portal(make_document)
    client = Client()
    client.force_login(portal.editor)
    portal.grow(FEW)
    few = {address: _asked(client, address) for address in portal.addresses()}
    portal.grow(MANY)

    found = []
    for address, (length, queries) in few.items():
        longer, more = _asked(client, address)
        if longer <= length and address not in FULL:
            found.append(f"{address} shows no more than before")
        if len(more) > len(queries):
            found.append(f"{address}: {len(queries)} queries, then {len(more)}:")
            found += [query for query in more if query not in queries]
    print(f"N={len(few)} lists, {FEW} rows and {MANY}")
    assert not found, "\n".join(found)


def test_every_list_of_the_admin_has_rows_to_be_asked_for(make_document: MakeDocument) -> None:
    Portal(make_document).grow(FEW)

    assert Bookmark in _admins()
    for model in _admins():
        assert model._default_manager.count() >= FEW, model
