"""What readers reported, for the editors who settle it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html

from portal.models import Report


@admin.register(Report)
class ReportAdmin(admin.ModelAdmin[Report]):
    """Reports with their place; an editor ticks off what is settled, and deletes it in time."""

    list_display = ["said", "kind", "document", "place", "settled", "created_at"]
    list_editable = ["settled"]
    list_filter = ["settled", "kind"]
    list_select_related = ["document"]
    search_fields = ["said", "document__title", "document__ref_no"]
    fields = ["kind", "said", "where", "since", "reply_to", "created_at", "settled"]
    readonly_fields = ["kind", "said", "where", "since", "reply_to", "created_at"]

    @admin.display(description="位置")
    def where(self, report: Report) -> str:
        """A link to the passage it is about."""
        address = f"{report.document.get_absolute_url()}#{report.anchor}".rstrip("#")
        label = report.place or "全文"
        return format_html('<a href="{}">《{}》{}</a>', address, report.document.title, label)

    @admin.display(description="报告之后")
    def since(self, report: Report) -> str:
        """Whether the document says something else by now."""
        same = report.version_hash == report.document.version_hash
        return "文件没有变动" if same else "文件已有变动，可能已经改正"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return _corrects(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _corrects(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _corrects(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _corrects(request)


def _corrects(request: HttpRequest) -> bool:
    """Whoever may correct documents may read what is said of them."""
    return request.user.has_perm("documents.change_document")
