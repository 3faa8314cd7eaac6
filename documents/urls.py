"""Addresses of documents, bookmarks and the editor's desk."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from documents.views import (
    bookmark_files,
    bookmarks,
    compare,
    document,
    folders,
    jobs,
    passages,
    references,
    review,
    upload,
    verify,
    versions,
    words,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("documents/<slug:slug>/", document.show, name="document"),
    path("documents/<slug:slug>/files/<int:pk>/", document.file, name="document-file"),
    # An article's anchor may hold a full stop (第二十六条之一 is a26.1), so it is no slug.
    path("documents/<slug:slug>/cite/<str:anchor>/", passages.cite, name="cite"),
    path("documents/<slug:slug>/go/", passages.go, name="jump"),
    path("d/<slug:key>/", passages.short, name="short"),
    path("d/<slug:key>/<str:anchor>/", passages.short, name="short-passage"),
    path("documents/<slug:slug>/bookmarks/", bookmarks.add, name="bookmark-add"),
    path("documents/<slug:slug>/words/", words.add, name="words-add"),
    path("bookmarks/browser/words/", words.change_in_browser, name="browser-words"),
    path("bookmarks/", bookmarks.index, name="bookmarks"),
    path("bookmarks/<int:pk>/edit/", bookmarks.edit, name="bookmark-edit"),
    path("bookmarks/<int:pk>/remove/", bookmarks.remove, name="bookmark-remove"),
    path("compare/", compare.show, name="compare"),
    path("desk/missing/", references.missing_documents, name="missing"),
    path("bookmarks/<int:pk>/accept/", bookmarks.accept, name="bookmark-accept"),
    path("bookmarks/browser/", bookmarks.remove_from_browser, name="browser-mark-remove"),
    path("bookmarks/export/<slug:form>/", bookmark_files.export, name="bookmark-export"),
    path("bookmarks/import/", bookmark_files.take_in, name="bookmark-import"),
    path("bookmarks/folders/", folders.create, name="folder-create"),
    path("bookmarks/folders/<int:pk>/", folders.show, name="folder"),
    path("bookmarks/folders/<int:pk>/rename/", folders.rename, name="folder-rename"),
    path("bookmarks/folders/<int:pk>/remove/", folders.remove, name="folder-remove"),
    path("bookmarks/folders/<int:pk>/move/", folders.move, name="folder-move"),
    path("bookmarks/folders/<int:pk>/share/", folders.share, name="folder-share"),
    path("bookmarks/folders/<int:pk>/unshare/", folders.unshare, name="folder-unshare"),
    path("shared/<str:token>/", folders.shared, name="shared-folder"),
    path("verify/", verify.verify, name="verify"),
    path("upload/", upload.upload, name="upload"),
    path("upload/jobs/<int:pk>/", jobs.show, name="job"),
    path("upload/jobs/<int:pk>/retry/", jobs.retry, name="job-retry"),
    path("upload/batches/<int:pk>/", jobs.batch, name="batch"),
    path("upload/batches/<int:pk>/retry/", jobs.retry_batch, name="batch-retry"),
    path("documents/<slug:slug>/review/", review.review, name="review"),
    path(
        "documents/<slug:slug>/review/<str:anchor>/", review.review_section, name="review-section"
    ),
    path(
        "documents/<slug:slug>/review/<str:anchor>/edit/",
        review.edit_outline,
        name="edit-outline",
    ),
    path("documents/<slug:slug>/versions/new/", versions.upload, name="version-upload"),
    path(
        "documents/<slug:slug>/versions/from-draft/", versions.from_draft, name="version-from-draft"
    ),
    path("documents/<slug:slug>/versions/proposed/", versions.proposed, name="version-proposed"),
    path("documents/<slug:slug>/versions/<int:number>/", versions.show, name="document-version"),
    path(
        "documents/<slug:slug>/versions/<int:number>/changes/",
        versions.changed,
        name="version-changes",
    ),
    path("documents/<slug:slug>/on/", versions.on_day, name="document-on"),
    path(
        "documents/<slug:slug>/files/<int:pk>/pages/<int:page>.png",
        document.page_picture,
        name="page-image",
    ),
    path("documents/<slug:slug>/publish/", review.publish, name="publish"),
    path("documents/<slug:slug>/validity/", review.validity, name="validity"),
    path("documents/<slug:slug>/withdraw/", review.withdraw, name="withdraw"),
    path("documents/<slug:slug>/discard/", review.discard_draft, name="discard"),
]
