"""The queue seen in Django's admin: jobs and batches to look at, failed ones to try again."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator

from documents import jobs
from documents.models import Batch, Job, JobFile, JobState

KINDS = {"read": "读取", "revise": "读取新版本", "sort": "整理"}


class LookedAt(admin.ModelAdmin[Any]):
    """Rows that only the queue writes; actions are for those who may upload."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_retry_permission(self, request: HttpRequest) -> bool:
        """As on the desk: whoever may upload may try again."""
        return request.user.has_perm("documents.add_document")

    def tell(self, request: HttpRequest, queued: int, asked: int) -> None:
        """Says how many were queued, and why the others were not."""
        if queued:
            self.message_user(request, f"{queued} 个任务重新排队。", messages.SUCCESS)
        if asked > queued:
            text = f"{asked - queued} 个不能重试：没有失败，或原件已经不在。"
            self.message_user(request, text, messages.WARNING)


class JobFileInline(admin.TabularInline[JobFile, Job]):
    """The originals a job needs or needed."""

    model = JobFile
    extra = 0
    can_delete = False
    fields = ["name", "size", "sha256", "found", "released"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Job)
class JobAdmin(LookedAt):
    """Jobs with their state and reason; a failed one whose files are here can be tried again."""

    list_display = ["file", "work", "state", "attempts", "why", "created_at"]
    list_filter = ["state", "kind", "retryable"]
    search_fields = ["files__name", "files__sha256", "reason"]
    inlines = [JobFileInline]
    actions = ["retry"]
    fields = [
        "work", "state", "step", "progress", "reason", "retryable", "attempts", "priority",
        "due_at", "leased_by", "leased_until", "user", "batch", "document", "twin", "page",
        "created_at", "updated_at",
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        """With the files, whose first names the job."""
        return super().get_queryset(request).prefetch_related("files")

    @admin.display(description="类别", ordering="kind")
    def work(self, job: Job) -> str:
        """The kind of job, for people."""
        return KINDS.get(job.kind, job.kind)

    @admin.display(description="原因")
    def why(self, job: Job) -> str:
        """The beginning of the reason; the row's own page has all of it."""
        return Truncator(job.reason).chars(60)

    @admin.display(description="文件")
    def file(self, job: Job) -> str:
        """The name of the file it is about."""
        return job.name

    @admin.display(description="进度")
    def progress(self, job: Job) -> str:
        """Parts done of all parts in the present step."""
        return f"{job.done} / {job.total}" if job.total else ""

    @admin.display(description="任务页面")
    def page(self, job: Job) -> str:
        """The job's page on the desk."""
        return format_html('<a href="{}">{}</a>', reverse("job", args=[job.pk]), job.name)

    @admin.action(description="重试所选任务", permissions=["retry"])
    def retry(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        """Queues each failed job anew; says how many could not be."""
        chosen = list(queryset)
        self.tell(request, sum(jobs.retry(job) for job in chosen), len(chosen))


@admin.register(Batch)
class BatchAdmin(LookedAt):
    """Bulk uploads with what became of their files."""

    list_display = ["pk", "user", "publish", "files", "failed", "created_at"]
    list_filter = ["publish"]
    list_select_related = ["user"]
    actions = ["retry"]
    fields = ["user", "publish", "files", "failed", "not_taken", "skipped", "report", "created_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Batch]:
        """With the numbers of files and of failures."""
        own = ~Q(jobs__kind="sort")
        batches: QuerySet[Batch] = super().get_queryset(request)
        failures = Count("jobs", filter=own & Q(jobs__state=JobState.FAILED))
        return batches.annotate(count=Count("jobs", filter=own), failures=failures)

    @admin.display(description="文件数")
    def files(self, batch: Any) -> int:
        """How many files are or were read."""
        return int(batch.count)

    @admin.display(description="没有成功")
    def failed(self, batch: Any) -> int:
        """How many could not be."""
        return int(batch.failures)

    @admin.display(description="没有收入与提示")
    def not_taken(self, batch: Batch) -> str:
        """Each file that never became a job, and why."""
        rows = [(note["name"], note["reason"]) for note in batch.notes]
        return format_html_join("", "<div>{}：{}</div>", rows) or "无"

    @admin.display(description="报告")
    def report(self, batch: Batch) -> str:
        """The batch's report on the desk."""
        return format_html('<a href="{}">{}</a>', reverse("batch", args=[batch.pk]), batch)

    @admin.action(description="重试所选批次里没有成功的文件", permissions=["retry"])
    def retry(self, request: HttpRequest, queryset: QuerySet[Batch]) -> None:
        """Queues the failed jobs of each batch anew."""
        failed = list(Job.objects.filter(batch__in=queryset, state=JobState.FAILED))
        self.tell(request, sum(jobs.retry(job) for job in failed), len(failed))
