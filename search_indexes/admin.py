"""What editors keep and see of search: synonyms, policy terms, and the record of what was asked."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html

from search_indexes import terms
from search_indexes.models import (
    PolicyTerm,
    Recommendation,
    RecommendedDocument,
    SearchCount,
    SearchFeedback,
    SynonymGroup,
)


@admin.register(SynonymGroup)
class SynonymAdmin(admin.ModelAdmin[SynonymGroup]):
    """Groups of words that mean the same; a change works from the next search on."""

    list_display = ["__str__", "active", "updated_at"]
    list_filter = ["active"]
    search_fields = ["terms"]


@admin.register(PolicyTerm)
class PolicyTermAdmin(admin.ModelAdmin[PolicyTerm]):
    """Words that are cut as one; every page of the list says what the index does not know yet."""

    list_display = ["word", "kind", "active", "updated_at"]
    list_editable = ["active"]
    list_filter = ["active", "kind"]
    search_fields = ["word"]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list, with what waits for `reindex` above it."""
        if request.method == "GET" and (waiting := terms.waiting()):
            self.message_user(request, terms.describe(waiting), messages.WARNING)
        return super().changelist_view(request, extra_context)


class NothingFound(admin.SimpleListFilter):
    """Queries that found nothing, and those after which nobody opened anything."""

    title = "结果"
    parameter_name = "result"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("nothing", "没有找到"), ("unopened", "找到了但没有打开")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "nothing":
            return queryset.filter(found=0, asked__gt=0)
        if self.value() == "unopened":
            return queryset.filter(found__gt=0, opened=0)
        return queryset


@admin.register(SearchCount)
class SearchCountAdmin(admin.ModelAdmin[SearchCount]):
    """What was asked, what found nothing, what was opened; to look at."""

    list_display = ["query", "day", "asked", "found", "opened"]
    list_filter = [NothingFound, "day"]
    search_fields = ["query"]
    date_hierarchy = "day"
    ordering = ["-day", "-asked"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(SearchFeedback)
class SearchFeedbackAdmin(admin.ModelAdmin[SearchFeedback]):
    """What readers said of results, with the way to see the same results; to look at and delete."""

    list_display = ["query", "useful", "said", "day", "results"]
    list_filter = ["useful", "day"]
    search_fields = ["query", "said"]
    date_hierarchy = "day"
    fields = ["query", "useful", "said", "day", "results"]

    @admin.display(description="结果")
    def results(self, feedback: SearchFeedback) -> str:
        """A link to what the query finds now."""
        address = f"{reverse('search')}?{urlencode({'q': feedback.query})}"
        return format_html('<a href="{}">现在的结果</a>', address)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class RecommendedInline(admin.TabularInline[RecommendedDocument, Recommendation]):
    """The documents of one recommendation, at least one."""

    model = RecommendedDocument
    autocomplete_fields = ["document"]
    extra = 0
    min_num = 1
    validate_min = True


@admin.register(Recommendation)
class RecommendationAdmin(admin.ModelAdmin[Recommendation]):
    """Queries with the documents to be put above their results; works from the next search on."""

    list_display = ["__str__", "active", "updated_at"]
    list_filter = ["active"]
    search_fields = ["queries", "documents__title"]
    inlines = [RecommendedInline]
