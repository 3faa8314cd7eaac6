"""A reader's folders: making, naming, ordering, sharing; and what others see of a shared one."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from documents import bookmarks, folders
from documents.models import Folder
from documents.views.bookmarks import listing
from documents.views.requests import SignedInRequest

MAX_NAME = 60


@require_safe
@login_required
def show(request: SignedInRequest, pk: int) -> HttpResponse:
    """One folder in the reader's own order."""
    return listing(request, request.user, folder=_own(request, pk))


@require_POST
@login_required
def create(request: SignedInRequest) -> HttpResponse:
    """A new folder."""
    name = _name(request)
    if not name:
        messages.error(request, "请给书签夹起个名称。")
        return redirect("bookmarks")
    try:
        folder = folders.create(request.user, name)
    except folders.FolderRefused as error:
        messages.error(request, str(error))
        return redirect("bookmarks")
    return redirect(folder)


@require_POST
@login_required
def rename(request: SignedInRequest, pk: int) -> HttpResponse:
    """Another name for a folder."""
    folder, name = _own(request, pk), _name(request)
    try:
        if name:
            folders.rename(folder, name)
    except folders.FolderRefused as error:
        messages.error(request, str(error))
    return redirect(folder)


@require_POST
@login_required
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Takes the folder away; its bookmarks stay."""
    folder = _own(request, pk)
    folders.delete(folder)
    messages.success(request, f"已删除书签夹“{folder.name}”，其中的书签还在。")
    return redirect("bookmarks")


@require_POST
@login_required
def move(request: SignedInRequest, pk: int) -> HttpResponse:
    """Moves one bookmark up, down or to a place (``to``, from 0)."""
    folder = _own(request, pk)
    keys = folders.keys_in_order(folder)
    bookmark = _number(request, "bookmark")
    if bookmark is None or bookmark not in keys:
        raise Http404
    place = keys.index(bookmark)
    step = {"up": place - 1, "down": place + 1}.get(request.POST.get("step", ""))
    to = step if step is not None else _number(request, "to")
    folders.move(folder, bookmark, to=place if to is None else max(to, 0))
    return redirect(f"{folder.get_absolute_url()}#b{bookmark}")


@require_POST
@login_required
def share(request: SignedInRequest, pk: int) -> HttpResponse:
    """Makes the link, or changes whether it shows the notes."""
    folder = _own(request, pk)
    folders.share(folder, notes=request.POST.get("notes") == "on")
    messages.success(request, "链接可以发给别人了；随时可以收回。")
    return redirect(folder)


@require_POST
@login_required
def unshare(request: SignedInRequest, pk: int) -> HttpResponse:
    """Takes the link back."""
    folder = _own(request, pk)
    folders.unshare(folder)
    messages.success(request, "链接已收回，不能再打开。")
    return redirect(folder)


@require_safe
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """What whoever has the link sees: published passages, notes only when they were offered."""
    folder = folders.shared(token)
    if folder is None:
        said = "这个分享链接不存在，或者分享的人已收回。"
        return render(request, "404.html", {"message": said}, status=404)
    marks = [m for m in bookmarks.kept(folders.keys_in_order(folder)) if m.readable]
    context = {"folder": folder, "shelves": bookmarks.shelves(marks), "count": len(marks)}
    response = render(request, "bookmarks/shared.html", context)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "private, no-store"
    return response


def _own(request: SignedInRequest, pk: int) -> Folder:
    return get_object_or_404(Folder, pk=pk, user=request.user)


def _name(request: HttpRequest) -> str:
    return " ".join(request.POST.get("name", "").replace("\0", "").split())[:MAX_NAME]


def _number(request: HttpRequest, name: str) -> int | None:
    value = request.POST.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 12 else None
