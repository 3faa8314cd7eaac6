"""The editor's forms: the upload, the record, a section."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from documents import other_names, section_edits
from documents.batches import Upload
from documents.extraction import MAX_BYTES
from documents.models import District, Document, Section, Theme, Validity
from documents.other_names import Proposed
from documents.review import RecordCorrection, SectionCorrection
from documents.section_writing import Edit
from documents.text import DOCUMENT_TYPES, Repeal, SectionKind, parse_reference_number

_ORDER = re.compile(r"[\u4e00-\u9fff]{2,40}令\s*第?\s*[\d〇一二三四五六七八九十百]{1,8}\s*号")

ACTIONS = {
    "merge": "并入上一节",
    "split": "拆分",
    "left": "左移一级",
    "right": "右移一级",
    "kind": "改类别",
    "start-part": "设为新部分的开头",
    "join-part": "并回上一部分",
}
"""What can be done to a section of the outline, as history names it."""


def refuse_too_large(file: UploadedFile[Any]) -> None:
    """Raises ValidationError for a file that would not be read anyway."""
    if (file.size or 0) > MAX_BYTES:
        raise forms.ValidationError(
            f"{file.name} 超过 {MAX_BYTES // (1 << 20)} MB。请压缩其中的图片或拆分后再上传。"
        )


class SeveralFilesInput(forms.ClearableFileInput):
    """A control that takes several files."""

    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """Cleans to a list of uploads, each checked as FileField checks one."""

    widget = SeveralFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        """Refuses what is too large before it is read at all, by its name."""
        files = data if isinstance(data, list | tuple) else [data]
        cleaned = [super(SeveralFilesField, self).clean(file, initial) for file in files or [None]]
        for file in cleaned:
            refuse_too_large(file)
        return cleaned


class UploadForm(forms.Form):
    """Files to take in: one, or several with a ZIP or a table among them."""

    file = SeveralFilesField(
        label="文件",
        allow_empty_file=True,  # extraction says in plain words why an empty file is refused
        max_length=1000,
        help_text="可以一次选多个。",
        widget=SeveralFilesInput(
            attrs={
                "accept": ".txt,.md,.docx,.pdf,.html,.htm,.ofd,.doc,.wps,.rtf,.odt,.zip,.csv,.xlsx"
            }
        ),
    )
    publish = forms.BooleanField(label="核对前直接发布", required=False)

    def uploads(self) -> list[Upload]:
        """The files of a valid form, where they wait to be kept."""
        return [
            Upload(Path(file.temporary_file_path()), file.name or "")
            for file in self.cleaned_data["file"]
        ]


class VersionForm(forms.Form):
    """The one file of a new version."""

    file = forms.FileField(label="新版本的文件", allow_empty_file=True, max_length=1000)

    def clean_file(self) -> UploadedFile[Any]:
        """Refuses what is too large before it is read at all."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        refuse_too_large(file)
        return file


class RecordForm(forms.Form):
    """著录信息: the record as read, to be corrected."""

    title = forms.CharField(label="标题", max_length=500, widget=forms.Textarea({"rows": 2}))
    issuers = forms.CharField(
        label="发文机关",
        required=False,
        help_text="每行一个，按印发次序。",
        widget=forms.Textarea({"rows": 2}),
    )
    other_names = forms.CharField(
        label="又称",
        required=False,
        help_text="每行一个：简称、曾用名，检索时同标题一样能找到它。",
        widget=forms.Textarea({"rows": 2}),
    )
    ref_no = forms.CharField(
        label="发文字号", required=False, max_length=100, help_text="例如 青科委〔2025〕1号"
    )
    written_date = forms.DateField(
        label="成文日期", required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    printed_date = forms.DateField(
        label="印发日期", required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    district = forms.ModelChoiceField(
        label="区", required=False, queryset=District.objects.all(), empty_label="未注明"
    )
    document_type = forms.ChoiceField(
        label="文种",
        required=False,
        choices=[("", "未注明"), *((kind, kind) for kind in DOCUMENT_TYPES)],
    )
    content_type = forms.CharField(label="内容类型", required=False, max_length=50)
    recipients = forms.CharField(
        label="主送机关", required=False, widget=forms.Textarea({"rows": 2})
    )
    cc = forms.CharField(label="抄送机关", required=False, widget=forms.Textarea({"rows": 2}))
    disclosure = forms.CharField(label="公开属性", required=False, max_length=50)
    effective_date = forms.DateField(
        label="施行日期", required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    expiry_date = forms.DateField(
        label="有效期至", required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    validity = forms.ChoiceField(
        label="有效性", required=False, choices=[("", "未注明"), *Validity.choices]
    )
    repeals = forms.CharField(
        label="废止的文件",
        required=False,
        help_text="每行一件：《标题》（文号），可以只写其一。",
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(self, *args: Any, proposed: Sequence[Proposed] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if proposed:
            self.fields["proposed_names"] = forms.MultipleChoiceField(
                label="文中给它的简称",
                required=False,
                choices=[(each.name, f"{each.name}（{each.basis}）") for each in proposed],
                help_text="选中的在保存时加为又称。",
                widget=forms.CheckboxSelectMultiple,
            )
            self.order_fields(_after("other_names", "proposed_names", self.base_fields))

    def clean_title(self) -> str:
        """A title is one line however it was typed."""
        return "".join(self.cleaned_data["title"].splitlines()).strip()

    def clean_ref_no(self) -> str:
        """A number is kept in the standard's own brackets; what is no number is refused.

        The number of an order (…令第62号) has no such form and stays as it is.
        """
        typed: str = self.cleaned_data["ref_no"].strip()
        if not typed:
            return ""
        ref = parse_reference_number(typed)
        if ref is None and (_ORDER.fullmatch(typed) or typed == self.initial.get("ref_no")):
            return typed
        if ref is None:
            raise forms.ValidationError("这不像发文字号。请按“机关代字〔年份〕序号号”填写。")
        return str(ref)

    def clean_repeals(self) -> tuple[Repeal, ...]:
        """One document a line, by its title, its number, or both."""
        lines = filter(None, map(str.strip, self.cleaned_data["repeals"].splitlines()))
        return tuple(map(_repeal, lines))

    def clean(self) -> dict[str, Any]:
        """A document does not end before it begins."""
        values = super().clean() or {}
        begins, ends = values.get("effective_date"), values.get("expiry_date")
        if begins and ends and ends < begins:
            self.add_error("expiry_date", "有效期早于施行日期，请核对原文。")
        names = [*values.get("other_names", "").splitlines(), *values.pop("proposed_names", ())]
        try:
            values["other_names"] = other_names.cleaned(names, values.get("title", ""))
        except other_names.WrongName as wrong:
            self.add_error("other_names", str(wrong))
        return values

    def correction(self) -> RecordCorrection:
        """The values of a valid form."""
        values: dict[str, Any] = dict(self.cleaned_data)
        lines = values.pop("issuers").splitlines()
        return RecordCorrection(issuers=tuple(filter(None, map(str.strip, lines))), **values)

    @classmethod
    def initial_of(cls, document: Document) -> dict[str, Any]:
        """What the form shows at first."""
        several = {
            "issuers": "\n".join(document.issuer_names),
            "repeals": "\n".join(map(str, document.repeals.all())),
            "other_names": "\n".join(map(str, document.other_names.all())),
        }
        plain = {name: getattr(document, name) for name in cls.base_fields if name not in several}
        return {**plain, **several}


def _after(before: str, name: str, fields: Iterable[str]) -> list[str]:
    """The order of *fields* with *name* put in behind *before*."""
    return [each for field in fields for each in ([field, name] if field == before else [field])]


def _repeal(line: str) -> Repeal:
    """What a line of 废止的文件 names. Raises ValidationError."""
    title = line[1 : line.rfind("》")] if line.startswith("《") and "》" in line else ""
    number = line[line.rfind("》") + 1 :].strip()
    bracketed = bool(title) and number[:1] in {"（", "("} and number[-1:] in {"）", ")"}
    ref = parse_reference_number(number[1:-1] if bracketed else number)
    if not title and ref is None:
        raise forms.ValidationError(f"“{line[:40]}”既没有《标题》，也不像发文字号。")
    if len(title) > 500:
        raise forms.ValidationError("标题超过 500 个字。")
    return Repeal(title or None, str(ref) if ref else None)


class SectionForm(forms.Form):
    """One section: its number, heading, own text and themes."""

    number = forms.CharField(label="序号", required=False, max_length=40)
    heading = forms.CharField(label="标题", required=False, widget=forms.Textarea({"rows": 2}))
    text = forms.CharField(
        label="正文",
        required=False,
        strip=False,
        help_text="每段一行；不含下级章节的文字。",
        widget=forms.Textarea({"rows": 14}),
    )
    themes = forms.ModelMultipleChoiceField(
        label="主题",
        required=False,
        queryset=Theme.objects.all(),
        widget=forms.CheckboxSelectMultiple,
    )

    def clean_heading(self) -> str:
        """A heading is one line."""
        return "".join(self.cleaned_data["heading"].splitlines()).strip()

    def clean_text(self) -> str:
        """Paragraphs split by single line feeds, none empty."""
        lines = self.cleaned_data["text"].splitlines()
        return "\n".join(line.rstrip() for line in lines if line.strip())

    def clean(self) -> dict[str, Any]:
        """A section without a word would be a link to nothing."""
        values = super().clean() or {}
        if not any(values.get(name) for name in ("number", "heading", "text")):
            raise forms.ValidationError("标题和正文不能都是空的；不要的章节请并入上一节。")
        return values

    def correction(self) -> SectionCorrection:
        """The values of a valid form."""
        values: dict[str, Any] = dict(self.cleaned_data)
        return SectionCorrection(**{**values, "themes": tuple(values["themes"])})

    @classmethod
    def initial_of(cls, section: Section) -> dict[str, Any]:
        """What the form shows at first."""
        return {
            "number": section.number,
            "heading": section.heading,
            "text": section.text,
            "themes": section.themes.all(),
        }


class OutlineForm(forms.Form):
    """One edit of the outline, with what it needs to know."""

    action = forms.ChoiceField(choices=[(name, name) for name in ACTIONS])
    paragraph = forms.IntegerField(required=False, min_value=2)
    with_heading = forms.BooleanField(required=False)
    kind = forms.ChoiceField(required=False, choices=[(kind, kind) for kind in SectionKind])

    def clean(self) -> dict[str, Any]:
        """A split needs its paragraph, another kind its name."""
        values = super().clean() or {}
        if values.get("action") == "split" and not values.get("paragraph"):
            raise forms.ValidationError("请选择从哪一段起拆分。")
        if values.get("action") == "kind" and not values.get("kind"):
            raise forms.ValidationError("请选择类别。")
        return values

    def edit(self, anchor: str) -> Edit:
        """What the valid form asks for, to be done to the section *anchor*."""
        values = self.cleaned_data
        edits: dict[str, Edit] = {
            "merge": lambda outline: section_edits.merge(outline, anchor),
            "split": lambda outline: section_edits.split(
                outline, anchor, values["paragraph"], with_heading=values["with_heading"]
            ),
            "left": lambda outline: section_edits.relevel(outline, anchor, -1),
            "right": lambda outline: section_edits.relevel(outline, anchor, 1),
            "kind": lambda outline: section_edits.change_kind(
                outline, anchor, SectionKind(values["kind"])
            ),
            "start-part": lambda outline: section_edits.start_part(outline, anchor),
            "join-part": lambda outline: section_edits.join_part(outline, anchor),
        }
        return edits[values["action"]]
