"""Folders of bookmarks: kept in order by hand, shared by a link that can be taken back."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, Max, QuerySet

from documents.models import Bookmark, Folder, FolderPlace

MOST_FOLDERS = 200


class FolderRefused(Exception):
    """A folder cannot be made or renamed so; the message says why, in Chinese."""


def own(user: User) -> QuerySet[Folder]:
    """The user's folders by name, with the number of bookmarks as ``size``."""
    return Folder.objects.filter(user=user).annotate(size=Count("places")).order_by("name", "pk")


def create(user: User, name: str) -> Folder:
    """A new folder, or the one of this name. Raises FolderRefused for one too many."""
    known = Folder.objects.filter(user=user, name=name).first()
    if known is not None:
        return known
    if Folder.objects.filter(user=user).count() >= MOST_FOLDERS:
        raise FolderRefused(f"最多可以有 {MOST_FOLDERS} 个书签夹，请先合并或删除一些。")
    return Folder.objects.create(user=user, name=name)


def rename(folder: Folder, name: str) -> None:
    """Gives *folder* another name. Raises FolderRefused when another folder has it."""
    if Folder.objects.filter(user=folder.user_id, name=name).exclude(pk=folder.pk).exists():
        raise FolderRefused(f"已有名为“{name}”的书签夹，请换一个名称。")
    folder.name = name
    folder.save(update_fields=["name"])


def delete(folder: Folder) -> None:
    """Takes the folder away; its bookmarks stay."""
    folder.delete()


@transaction.atomic
def put(bookmark: Bookmark, folders: Iterable[Folder]) -> None:
    """Puts the bookmark into exactly these folders, at the end of those it is new in."""
    wanted = {folder.pk: folder for folder in folders if folder.user_id == bookmark.user_id}
    bookmark.places.exclude(folder__in=wanted).delete()
    held = set(bookmark.places.values_list("folder", flat=True))
    for key, folder in wanted.items():
        if key not in held:
            last = folder.places.aggregate(last=Max("order"))["last"]
            order = 0 if last is None else last + 1
            FolderPlace.objects.create(folder=folder, bookmark=bookmark, order=order)


def keys_in_order(folder: Folder) -> list[int]:
    """The folder's bookmarks in the order the reader gave."""
    return list(folder.places.order_by("order", "pk").values_list("bookmark", flat=True))


@transaction.atomic
def move(folder: Folder, bookmark: int, *, to: int) -> None:
    """Moves one bookmark to place *to* (from 0); what is beyond either end stays at the end."""
    Folder.objects.select_for_update().get(pk=folder.pk)
    keys = keys_in_order(folder)
    if bookmark not in keys:
        return
    keys.remove(bookmark)
    keys.insert(max(0, min(to, len(keys))), bookmark)
    places = {place.bookmark_id: place for place in folder.places.all()}
    for order, key in enumerate(keys):
        places[key].order = order
    FolderPlace.objects.bulk_update(places.values(), ["order"])


def share(folder: Folder, *, notes: bool) -> str:
    """Lets whoever has the link read the folder; gives the link's token, the same until revoked."""
    folder.share_token = folder.share_token or secrets.token_urlsafe(24)
    folder.share_notes = notes
    folder.save(update_fields=["share_token", "share_notes"])
    return folder.share_token


def unshare(folder: Folder) -> None:
    """The link leads nowhere from now on; sharing again makes another."""
    folder.share_token = None
    folder.share_notes = False
    folder.save(update_fields=["share_token", "share_notes"])


def shared(token: str) -> Folder | None:
    """The folder a link leads to, if it still does."""
    return Folder.objects.filter(share_token=token).first() if token else None
