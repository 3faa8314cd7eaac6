"""The queue's rows: jobs with their lease, what they need, and who is working on them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from documents.models.document import Document


class JobState(models.TextChoices):
    """Where a job stands; only documents.jobs changes it."""

    QUEUED = "queued", "等待中"
    RUNNING = "running", "进行中"
    DONE = "done", "已完成"
    FAILED = "failed", "没有成功"


class Batch(models.Model):
    """Several files that came in one go; ``notes`` are files that never became a job.

    A note is ``{"name", "reason"}`` with the reason in Chinese; ``skipped`` counts members of
    archives that are no files of the editor's own (folders, ``__MACOSX``).
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name="上传者",
    )
    publish = models.BooleanField("核对前直接发布", default=False)
    notes = models.JSONField("未收入的文件", default=list)
    skipped = models.PositiveIntegerField("略过的成员", default=0)
    created_at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = "批量上传"
        verbose_name_plural = "批量上传"

    def __str__(self) -> str:
        return f"批量上传 {self.pk}"


class Job(models.Model):
    """A piece of work, written in the transaction that causes it.

    ``payload`` is small JSON for the handler of ``kind``. While RUNNING the job is leased to one
    worker until ``leased_until``; past that anybody may take it over. ``done`` of ``total`` is
    the progress within ``step``. ``reason`` is Chinese: why it failed, or a note on what it did.
    ``retryable`` says that trying a failed job again makes sense and its files are still here.
    """

    kind = models.CharField("类别", max_length=30)
    state = models.CharField(
        "状态", max_length=10, choices=JobState.choices, default=JobState.QUEUED
    )
    payload = models.JSONField(default=dict)
    priority = models.PositiveSmallIntegerField("次序", default=0)
    attempts = models.PositiveSmallIntegerField("尝试次数", default=0)
    due_at = models.DateTimeField("不早于", default=timezone.now)
    leased_by = models.CharField("工作进程", max_length=100, blank=True)
    leased_until = models.DateTimeField("租期", null=True, blank=True)

    step = models.CharField("步骤", max_length=30, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    reason = models.TextField("原因", blank=True)
    retryable = models.BooleanField("可重试", default=False)

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name="上传者",
    )
    batch = models.ForeignKey(Batch, models.CASCADE, null=True, related_name="jobs")
    document = models.ForeignKey(
        Document, models.SET_NULL, null=True, related_name="+", verbose_name="结果"
    )
    twin = models.ForeignKey(
        Document, models.SET_NULL, null=True, related_name="+", verbose_name="已有的同一文件"
    )
    created_at = models.DateTimeField("时间", auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = "任务"
        verbose_name_plural = "任务"
        indexes = [models.Index(fields=["state", "priority", "due_at"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=JobState.values), name="job_state_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state=JobState.RUNNING, leased_until__isnull=False)
                | ~models.Q(state=JobState.RUNNING) & models.Q(leased_until__isnull=True),
                name="only_running_jobs_are_leased",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=JobState.FAILED) | ~models.Q(reason=""),
                name="failed_job_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether it still waits or runs."""
        return self.state in {JobState.QUEUED, JobState.RUNNING}

    @property
    def name(self) -> str:
        """What a person calls the job: its first file."""
        file = next(iter(self.files.all()), None)
        return file.name if file else "（无文件）"


class JobFile(models.Model):
    """An original that a job needs; the bytes lie in documents.storage under ``sha256``.

    ``found`` marks what the job itself took out of another of its files, ``released`` what it
    needs no more: the store may have let go of it.
    """

    job = models.ForeignKey(Job, models.CASCADE, related_name="files")
    sha256 = models.CharField("校验和", max_length=64, db_index=True)
    name = models.CharField("文件名", max_length=255)
    size = models.PositiveBigIntegerField("字节数")
    found = models.BooleanField(default=False)
    released = models.BooleanField(default=False, db_index=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class JobPart(models.Model):
    """What a job of many parts has done so far, a row a part; gone when the job is done."""

    job = models.ForeignKey(Job, models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    data = models.TextField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["job", "number"], name="job_part_once_a_job")
        ]

    def __str__(self) -> str:
        return f"{self.job_id}/{self.number}"


class WorkerBeat(models.Model):
    """A worker that is alive says so here every few seconds."""

    name = models.CharField(max_length=100, unique=True)
    seen_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name
