"""A reader's own bookmarks: the list, adding, noting, filing, accepting and removing."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from documents import bookmark_moves, bookmarks, browser_marks, browser_words, folders
from documents.bookmarks import KeptBookmark, Wanted
from documents.models import Bookmark, Document, Folder
from documents.views.fields import LinesField
from documents.views.requests import SignedInRequest

MAX_ANCHOR = 100
MAX_QUERY = 200
PAGE = 50
MAX_TAG = 30


class BookmarkForm(forms.ModelForm[Bookmark]):
    """Note, tags and folders of one bookmark; ids carry its key, so that they do not repeat."""

    note = LinesField(
        label="笔记",
        required=False,
        max_length=bookmarks.LONGEST_NOTE,
        widget=forms.Textarea({"rows": 2, "placeholder": "写给自己的笔记"}),
    )
    tags = forms.CharField(
        label="标签",
        required=False,
        max_length=400,
        widget=forms.TextInput({"placeholder": "用空格或顿号隔开", "autocomplete": "off"}),
    )
    folders = forms.ModelMultipleChoiceField(
        label="书签夹",
        required=False,
        queryset=Folder.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Bookmark
        fields = ["note"]

    def __init__(self, *args: Any, own_folders: list[Folder], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["folders"]
        assert isinstance(field, forms.ModelMultipleChoiceField)  # noqa: S101 - declared above
        # The rows are at hand; a query for each bookmark of a page would fetch the same again.
        keys = [folder.pk for folder in own_folders]
        field.queryset = Folder.objects.filter(pk__in=keys)
        field.choices = [(folder.pk, folder.name) for folder in own_folders]

    def clean_tags(self) -> list[str]:
        """Words without repeats, none longer than a tag may be."""
        typed: str = self.cleaned_data["tags"]
        for mark in "、，,;；#\u3000":
            typed = typed.replace(mark, " ")
        names = list(dict.fromkeys(typed.split()))
        if len(names) > bookmarks.MOST_TAGS or any(len(name) > MAX_TAG for name in names):
            raise forms.ValidationError(
                f"最多 {bookmarks.MOST_TAGS} 个标签，每个不超过 {MAX_TAG} 个字。"
            )
        return names


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The reader's bookmarks by document; before signing in those kept in the browser."""
    if not isinstance(request.user, User):
        marks = browser_marks.shown(browser_marks.read(request))
        words = browser_words.shown(browser_words.read(request))
        context = {"marks": marks, "words": words, "words_count": len(words)}
        return render(request, "bookmarks/browser.html", context)
    return listing(request, request.user)


@require_POST
def add(request: HttpRequest, slug: str) -> HttpResponse:
    """Marks the section named by ``anchor`` and returns to it, also before signing in."""
    document = get_object_or_404(Document.objects.visible_to(request.user), slug=slug)
    anchor = request.POST.get("anchor", "")[:MAX_ANCHOR].replace("\0", "")
    words = request.POST.get("q", "")
    query = f"?{urlencode({'q': words})}" if words else ""
    answer = redirect(f"{document.get_absolute_url()}{query}#{anchor}")
    try:
        if isinstance(request.user, User):
            bookmarks.add(request.user, document, anchor)
        else:
            _add_in_browser(request, document, anchor, answer)
    except (bookmarks.NoSuchSection, browser_marks.BrowserFull) as error:
        messages.error(request, str(error))
        return redirect(document)
    return answer


def _add_in_browser(
    request: HttpRequest, document: Document, anchor: str, answer: HttpResponse
) -> None:
    section = document.sections.filter(anchor=anchor).first()
    if section is None:
        raise bookmarks.NoSuchSection("这份文件里没有这一节，可能刚刚修订过。请刷新页面后再收藏。")
    marks = browser_marks.add(browser_marks.read(request), section)
    browser_marks.write(answer, marks, secure=settings.SESSION_COOKIE_SECURE)


@require_POST
def remove_from_browser(request: HttpRequest) -> HttpResponse:
    """Takes one mark out of the browser, or all of them."""
    marks = list(browser_marks.read(request))
    number = request.POST.get("number", "")
    if number.isascii() and number.isdigit() and 1 <= int(number[:6]) <= len(marks):
        del marks[int(number[:6]) - 1]
    elif number == "all":
        marks = []
    answer = redirect("bookmarks")
    browser_marks.write(answer, marks, secure=settings.SESSION_COOKIE_SECURE)
    return answer


@require_POST
@login_required
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Saves note, tags and folders; what was refused stays in its field."""
    bookmark = own_bookmark(request, pk)
    own_folders = list(folders.own(request.user))
    form = BookmarkForm(request.POST, instance=bookmark, prefix=str(pk), own_folders=own_folders)
    if not form.is_valid():
        return listing(request, request.user, refused=form)
    bookmarks.annotate(bookmark, form.cleaned_data["note"])
    if f"{pk}-tags" in request.POST:
        bookmarks.tag(bookmark, form.cleaned_data["tags"])
        folders.put(bookmark, form.cleaned_data["folders"])
    messages.success(request, "已保存。")
    return redirect(way_back(request, pk))


@require_POST
@login_required
def accept(request: SignedInRequest, pk: int) -> HttpResponse:
    """Puts the bookmark where the reader agrees its passage now is."""
    bookmark = own_bookmark(request, pk)
    anchor = request.POST.get("anchor", "")[:MAX_ANCHOR].replace("\0", "")
    try:
        bookmark = bookmark_moves.accept(bookmark, anchor)
    except bookmark_moves.NotThere as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "书签已移到新的位置。")
    return redirect(way_back(request, bookmark.pk))


@require_POST
@login_required
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Takes one bookmark away."""
    bookmark = own_bookmark(request, pk)
    heading = bookmark.heading or bookmark.document.title
    bookmarks.remove(bookmark)
    messages.success(request, f"已移除书签“{heading}”。")
    if "reading" in request.POST:
        return redirect(f"{bookmark.document.get_absolute_url()}#{bookmark.anchor}")
    return redirect(way_back(request))


def listing(
    request: HttpRequest,
    user: User,
    *,
    folder: Folder | None = None,
    refused: BookmarkForm | None = None,
) -> HttpResponse:
    """The list page: all, a folder's, a tag's, or those with the words looked for."""
    text = request.GET.get("q", "").replace("\0", "")[:MAX_QUERY].strip()
    wanted = Wanted(text, request.GET.get("tag", "")[:MAX_TAG], folder.pk if folder else None)
    rows = bookmarks.chosen(user, wanted)
    by_hand = folder is not None and not text and not wanted.tag
    if refused is not None:
        keys = [refused.instance.pk]
    elif folder is not None and by_hand:
        keys = folders.keys_in_order(folder)
    else:
        keys = bookmarks.in_reading_order(rows)
    page = Paginator(keys, PAGE).get_page(request.GET.get("page"))
    marks = bookmarks.kept(list(page.object_list))
    own_folders = list(folders.own(user))
    entries = {mark.bookmark.pk: form_for(mark, own_folders, refused) for mark in marks}
    context = {
        "shelves": [
            (shelf.document, [(mark, entries[mark.bookmark.pk]) for mark in shelf.bookmarks])
            for shelf in bookmarks.shelves(marks)
        ],
        "page": page,
        "count": len(keys),
        "folder": folder,
        "by_hand": by_hand and len(keys) > 1,
        "folders": own_folders,
        "tags": bookmarks.tags_of(user),
        "wanted": wanted,
        "kept_query": urlencode({k: v for k, v in (("q", text), ("tag", wanted.tag)) if v}),
    }
    return render(request, "bookmarks/list.html", context, status=400 if refused else 200)


def form_for(
    mark: KeptBookmark, own_folders: list[Folder], refused: BookmarkForm | None
) -> BookmarkForm:
    """The form of one bookmark, or the one just refused for it."""
    bookmark = mark.bookmark
    if refused is not None and refused.instance.pk == bookmark.pk:
        return refused
    return BookmarkForm(
        instance=bookmark,
        prefix=str(bookmark.pk),
        own_folders=own_folders,
        initial={"tags": "、".join(mark.tags), "folders": mark.folders},
    )


def own_bookmark(request: SignedInRequest, pk: int) -> Bookmark:
    """The reader's bookmark; anybody else's does not exist."""
    rows = Bookmark.objects.select_related("document")
    return get_object_or_404(rows, pk=pk, user=request.user)


def way_back(request: SignedInRequest, pk: int | None = None) -> str:
    """Where the form was sent from: words in a document, a folder of the reader's, or all."""
    if pk and "reading" in request.POST:
        document = Document.objects.get(bookmarks=pk)
        return f"{document.get_absolute_url()}#w{pk}"
    folder = request.POST.get("folder", "")
    address = reverse("bookmarks")
    if folder.isascii() and folder.isdigit() and len(folder) < 12:
        row = Folder.objects.filter(pk=int(folder), user=request.user).first()
        address = row.get_absolute_url() if row else address
    return f"{address}#b{pk}" if pk else address
