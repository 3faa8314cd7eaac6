"""Everything the desk does, seen in Django's admin; statuses change only through publishing."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html_join
from simple_history.admin import SimpleHistoryAdmin

from documents import history, publishing, queue_admin  # noqa: F401 - registers itself
from documents.duplicates import twins_of
from documents.models import (
    Bookmark,
    District,
    Document,
    DocumentIssuer,
    FormerSlug,
    Issuer,
    IssuerCode,
    IssuerName,
    OtherName,
    Section,
    SourceFile,
    Theme,
)
from documents.review import discard

admin.site.site_header = "政策文库管理"
admin.site.site_title = "政策文库"
admin.site.index_title = "资料与账户"


class ReadOnlyInline(admin.TabularInline[Any, Any]):
    """Rows to look at; the desk is where they change."""

    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReviewedAdmin(SimpleHistoryAdmin):  # type: ignore[misc]  # untyped library
    """History to look at: going back would also take back status and address."""

    def revert_disabled(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def history_form_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Looks only: the library saves whatever is posted here."""
        if request.method == "POST":
            raise PermissionDenied
        return super().history_form_view(request, *args, **kwargs)  # type: ignore[no-any-return]


class IssuerPlaceInline(admin.TabularInline[DocumentIssuer, Document]):
    """Issuers in printed order."""

    model = DocumentIssuer
    extra = 0
    autocomplete_fields = ["issuer"]


class OtherNameInline(admin.TabularInline[OtherName, Document]):
    """What people also call it."""

    model = OtherName
    extra = 0


class SourceFileInline(ReadOnlyInline):
    """The original files."""

    model = SourceFile
    fields = ["name", "format", "size", "sha256", "created_at"]
    readonly_fields = ["created_at"]


class SectionInline(ReadOnlyInline):
    """The sections in reading order."""

    model = Section
    fields = ["anchor", "level", "kind", "number", "heading"]


@admin.register(Document)
class DocumentAdmin(ReviewedAdmin, admin.ModelAdmin[Document]):
    """Documents with their record; status through the actions only."""

    list_display = ["title", "ref_no", "written_date", "district", "status", "updated_at"]
    list_filter = ["status", "district", "document_type"]
    list_select_related = ["district"]
    search_fields = ["title", "ref_no", "other_names__name"]
    date_hierarchy = "written_date"
    readonly_fields = [
        "status", "slug", "public_id", "version_hash", "reading_notes", "uploaded_by", "created_at",
        "updated_at", "published_at", "withdrawn_at",
    ]  # fmt: skip
    inlines = [IssuerPlaceInline, OtherNameInline, SourceFileInline, SectionInline]
    actions = ["publish", "withdraw"]

    @admin.display(description="阅读提示")
    def reading_notes(self, document: Document) -> str:
        """What the reading was unsure of, with the section it is about."""
        rows = [(note["message"], note["anchor"] or "全文") for note in document.warnings]
        return format_html_join("", "<div>{}（{}）</div>", rows) or "无"

    @admin.action(description="发布所选文件", permissions=["change"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Document]) -> None:
        """Publishes each; what is refused is said."""
        self._step(request, queryset, publishing.publish, "发布")

    @admin.action(description="撤下所选文件", permissions=["change"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Document]) -> None:
        """Withdraws each; what is refused is said."""
        self._step(request, queryset, publishing.withdraw, "撤下")

    def _step(
        self, request: HttpRequest, queryset: QuerySet[Document], step: Any, word: str
    ) -> None:
        for document in queryset:
            if document.published_at is None and any(t.grave for t in twins_of(document)):
                text = f"《{document.title}》：库中有相同的文件，请在核对页确认后发布。"
                self.message_user(request, text, messages.ERROR)
                continue
            try:
                step(document)
            except publishing.PublishingRefused as refusal:
                self.message_user(request, f"《{document.title}》：{refusal}", messages.ERROR)
            else:
                history.record(word, document)
                self.log_change(request, document, word)
                self.message_user(request, f"《{document.title}》已{word}。", messages.SUCCESS)

    def save_related(
        self, request: HttpRequest, form: ModelForm[Document], formsets: Any, change: bool
    ) -> None:
        """After the issuers are written too, the index hears of the change."""
        super().save_related(request, form, formsets, change)
        history.record("在管理后台修改", form.instance)
        publishing.refresh(form.instance)

    def save_model(
        self, request: HttpRequest, obj: Document, form: ModelForm[Document], change: bool
    ) -> None:
        """What the record said before its first correction is kept too."""
        history.baseline(Document.objects.get(pk=obj.pk))
        super().save_model(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: Document) -> None:
        """As on the desk: the draft's original goes with it unless something else needs it."""
        discard(obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Documents come in by upload or load, never as an empty record."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Document | None = None) -> bool:
        """Only drafts can go; an address once published must always answer."""
        if obj is None or obj.published_at is not None:
            return False
        return super().has_delete_permission(request, obj)


class RegisterAdmin(SimpleHistoryAdmin, admin.ModelAdmin[Any]):  # type: ignore[misc]
    """An entry of the register; documents that show it are refreshed when it is renamed."""

    def documents_showing(self, entry: Any) -> QuerySet[Document]:
        """The documents whose record or index holds this entry's name."""
        return entry.documents.all()  # type: ignore[no-any-return]

    @transaction.atomic
    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Aliases are searched too, so they count as a change of the documents."""
        super().save_related(request, form, formsets, change)
        if change:
            for document in self.documents_showing(form.instance):
                publishing.refresh(document)


class IssuerNameInline(admin.TabularInline[IssuerName, Issuer]):
    """Other names of a body."""

    model = IssuerName
    extra = 1


class IssuerCodeInline(admin.TabularInline[IssuerCode, Issuer]):
    """机关代字 of a body."""

    model = IssuerCode
    extra = 1


@admin.register(Issuer)
class IssuerAdmin(RegisterAdmin):
    """The register of issuing bodies."""

    list_display = ["name", "district"]
    list_filter = ["district"]
    search_fields = ["name", "names__name", "codes__code"]
    inlines = [IssuerNameInline, IssuerCodeInline]


@admin.register(District)
class DistrictAdmin(RegisterAdmin):
    """Places."""

    list_display = ["name", "code", "city", "order"]
    search_fields = ["name", "code"]


@admin.register(Theme)
class ThemeAdmin(RegisterAdmin):
    """The controlled list of themes."""

    list_display = ["name", "order"]
    search_fields = ["name"]

    def documents_showing(self, entry: Theme) -> QuerySet[Document]:
        return Document.objects.filter(sections__themes=entry).distinct()


@admin.register(Section)
class SectionAdmin(ReviewedAdmin, admin.ModelAdmin[Section]):
    """Sections to look at; they are corrected on the review page."""

    list_display = ["document", "anchor", "level", "kind", "number", "heading"]
    list_filter = ["kind", "level"]
    search_fields = ["heading", "text", "document__title"]
    list_select_related = ["document"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Section | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Section | None = None) -> bool:
        """Only together with a draft that is deleted as a whole."""
        return obj is not None and obj.document.published_at is None


@admin.register(SourceFile)
class SourceFileAdmin(admin.ModelAdmin[SourceFile]):
    """Original files to look at."""

    list_display = ["name", "document", "format", "size", "created_at"]
    search_fields = ["name", "sha256", "document__title"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: SourceFile | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: SourceFile | None = None) -> bool:
        """Only together with a draft that is deleted as a whole."""
        return obj is not None and obj.document.published_at is None


admin.site.register(FormerSlug)


@admin.register(Bookmark)
class BookmarkAdmin(admin.ModelAdmin[Bookmark]):
    """How many marks stand where; notes are their reader's own and not shown."""

    list_display = ["document", "anchor", "heading", "created_at"]
    fields = ["document", "anchor", "heading", "quote", "created_at"]
    readonly_fields = ["document", "anchor", "heading", "quote", "created_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
