"""Bookmarks out to a file and back in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from documents.bookmark_export import KINDS, collect, write
from documents.bookmark_import import MOST_BYTES, ImportRefused, rows_of, take_in_rows
from documents.bookmark_word import as_docx
from documents.models import Folder
from documents.views.requests import SignedInRequest


class ImportForm(forms.Form):
    """One file of bookmarks."""

    file = forms.FileField(
        label="CSV 或 Markdown 文件",
        widget=forms.ClearableFileInput({"accept": ".csv,.md,.markdown"}),
    )

    def clean_file(self) -> UploadedFile[Any]:
        """Refuses what is too large before it is read."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(f"文件超过 {MOST_BYTES >> 20} MB，请分成几份再导入。")
        return file


@require_safe
@login_required
def export(request: SignedInRequest, form: str) -> HttpResponse:
    """All bookmarks of the reader, or with ``folder`` those of one folder, as a file."""
    if form not in KINDS:
        raise Http404
    folder = None
    if number := request.GET.get("folder", ""):
        if not (number.isascii() and number.isdigit() and len(number) < 12):
            raise Http404
        folder = get_object_or_404(Folder, pk=int(number), user=request.user)
    base = request.build_absolute_uri("/").rstrip("/")
    rows = collect(request.user, folder, base)
    title = folder.name if folder else "我的书签"
    content = as_docx(rows, title) if form == "docx" else write(form, rows, title)
    response = HttpResponse(content, content_type=KINDS[form])
    name = content_disposition_header(True, f"{title}.{form}")
    response["Content-Disposition"] = name or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def take_in(request: SignedInRequest) -> HttpResponse:
    """Reads a file of bookmarks and says what became of each."""
    if request.method != "POST":
        return render(request, "bookmarks/import.html", {"form": ImportForm()})
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "bookmarks/import.html", {"form": form}, status=400)
    file = form.cleaned_data["file"]
    try:
        report = take_in_rows(request.user, rows_of(file.name, file.read()))
    except ImportRefused as refusal:
        form.add_error("file", str(refusal))
        return render(request, "bookmarks/import.html", {"form": form}, status=400)
    return render(request, "bookmarks/import.html", {"form": ImportForm(), "report": report})
