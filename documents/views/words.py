"""Marking words inside a section, and changing what was noted at them before signing in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from documents import browser_words, word_marks
from documents.bookmarks import LONGEST_NOTE, NoSuchSection
from documents.browser_marks import BrowserFull
from documents.models import Document, Section
from documents.quotes import MOST_WORDS
from documents.views.fields import LinesField
from documents.word_marks import Marked, Wanted, WordsRefused

MOST_AROUND = 80
"""Characters before and after the words that a page may send along."""


class WordsForm(forms.Form):
    """Words of a section, what a reader notes at them, and what tells them from the same words."""

    words = LinesField(
        label="这一节里的文字",
        max_length=MOST_WORDS,
        widget=forms.Textarea(
            {
                "rows": 2,
                "placeholder": "照原文填写或粘贴，标点、空格不必一致",
                "autocomplete": "off",
            }
        ),
        error_messages={
            "required": "请填写这一节里的几个字。",
            "max_length": f"一次最多记 {MOST_WORDS} 个字，请少选一些，或者收藏整节。",
        },
    )
    note = LinesField(
        label="笔记（可以不写）",
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea({"rows": 3, "placeholder": "写给自己的笔记"}),
    )
    before = forms.CharField(required=False, widget=forms.HiddenInput)
    after = forms.CharField(required=False, widget=forms.HiddenInput)
    start = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, auto_id="words-%s")

    def wanted(self, anchor: str) -> Wanted:
        """What the form asks for, in the section at *anchor*."""
        data = self.cleaned_data
        return Wanted(
            anchor,
            data["words"],
            data["before"][-MOST_AROUND:],
            data["after"][:MOST_AROUND],
            data["start"],
        )


@require_POST
def add(request: HttpRequest, slug: str) -> HttpResponse:
    """Keeps words of the section named by ``anchor`` with a note, also before signing in.

    Words that stand there several times give a page on which the reader picks a place.
    """
    document = get_object_or_404(Document.objects.visible_to(request.user), slug=slug)
    anchor = request.POST.get("anchor", "")[:100].replace("\0", "")
    section = document.sections.filter(anchor=anchor).first()
    form = WordsForm(request.POST)
    if section is None:
        messages.error(request, word_marks.GONE)
        return redirect(document)
    if not form.is_valid():
        return _asked_again(request, document, section, form)
    try:
        marked = word_marks.find(document, form.wanted(anchor))
        if marked.quote is None:
            return _asked_again(request, document, section, form, marked)
        return _kept(request, marked, form.cleaned_data["note"])
    except (WordsRefused, NoSuchSection, BrowserFull) as error:
        form.add_error("note" if isinstance(error, BrowserFull) else "words", str(error))
        return _asked_again(request, document, section, form)


def _kept(request: HttpRequest, marked: Marked, note: str) -> HttpResponse:
    page = marked.section.document.get_absolute_url()
    if isinstance(request.user, User):
        bookmark = word_marks.add(request.user, marked, note)
        return redirect(f"{page}#w{bookmark.pk}")
    kept = browser_words.add(browser_words.read(request), marked, note)
    answer = redirect(f"{page}#{marked.section.anchor}")
    browser_words.write(answer, kept, secure=settings.SESSION_COOKIE_SECURE)
    return answer


def _asked_again(
    request: HttpRequest,
    document: Document,
    section: Section,
    form: WordsForm,
    marked: Marked | None = None,
) -> HttpResponse:
    """The form with what was sent: refused, or with the places to choose among."""
    context = {
        "document": document,
        "section": section,
        "form": form,
        "choices": marked.choices if marked else (),
    }
    return render(request, "documents/words.html", context, status=200 if marked else 400)


@require_POST
def change_in_browser(request: HttpRequest) -> HttpResponse:
    """Another note at words kept in the browser, or none of them any more (``remove``)."""
    kept = browser_words.read(request)
    number = request.POST.get("number", "")
    at = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 0
    # Another window may have taken words away since; the number alone would be others'.
    if not 1 <= at <= len(kept) or kept[at - 1].anchor != request.POST.get("anchor", ""):
        messages.error(request, "这条笔记已经改动或移除，请刷新页面后再试。")
        return redirect("bookmarks")
    words = kept[at - 1]
    note = request.POST.get("note", "").replace("\0", "").replace("\r\n", "\n")
    if "remove" in request.POST:
        rows: tuple[browser_words.BrowserWords, ...] = kept[: at - 1] + kept[at:]
    else:
        try:
            rows = browser_words.with_note(kept, at, note.strip()[:LONGEST_NOTE])
        except BrowserFull as error:
            messages.error(request, str(error))
            return redirect("bookmarks")
    document = Document.objects.published().filter(pk=words.document).first()
    reading = document is not None and "reading" in request.POST
    answer = redirect(
        f"{document.get_absolute_url()}#{words.anchor}" if document and reading else "bookmarks"
    )
    browser_words.write(answer, rows, secure=settings.SESSION_COOKIE_SECURE)
    return answer
