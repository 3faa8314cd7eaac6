"""A reader tells the editors what is wrong in a document."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from documents.models import Document
from portal.models import Report, ReportKind


class ReportForm(forms.ModelForm[Report]):
    """What is wrong, in words; an address only from whoever wants an answer."""

    kind = forms.ChoiceField(label="哪里有误", choices=ReportKind.choices)

    class Meta:
        model = Report
        fields = ["kind", "said", "reply_to"]
        widgets = {"said": forms.Textarea(attrs={"rows": 4, "maxlength": 1000})}
        help_texts = {
            "said": "写明现在是什么、应当是什么，最好注明依据。",
            "reply_to": "可以不填；只用来答复这一次。",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reply_to"].widget.attrs["autocomplete"] = "email"


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, slug: str) -> HttpResponse:
    """The form, about the section ``at`` if there is one; POST keeps the report for editors."""
    document = get_object_or_404(Document.objects.published(), slug=slug)
    asked = (request.POST or request.GET).get("at", "").replace("\0", "")[:100]
    section = document.sections.filter(anchor=asked).first() if asked else None
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        kept = form.save(commit=False)
        kept.document = document
        kept.version_hash = document.version_hash
        kept.anchor = section.anchor if section else ""
        kept.place = section.label[:300] if section else ""
        kept.save()
        messages.success(request, "已告诉编辑，谢谢。核实后会改正。")
        return redirect(f"{document.get_absolute_url()}#{kept.anchor}".rstrip("#"))
    status = 400 if request.method == "POST" else 200
    context = {"document": document, "section": section, "form": form}
    return render(request, "documents/report.html", context, status=status)
