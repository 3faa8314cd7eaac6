"""What search keeps beside the index: changes to come, words, and what was asked."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models

from search_indexes.analysis import LONGEST_TERM as LONGEST_POLICY_TERM
from search_indexes.analysis import as_term, characters

LONGEST_TERM = 60
"""Characters of one synonym; the migration's file and the admin hold to it."""


class IndexChange(models.Model):
    """A document that changed, written in the transaction that changed it.

    ``document`` is the document's key without a constraint: the row outlives a removed document.
    Applied rows stay for a day, so that a rebuild begun before them can take them up.
    """

    document = models.BigIntegerField("文件")
    created_at = models.DateTimeField("时间", auto_now_add=True)
    applied_at = models.DateTimeField("入索引时间", null=True, blank=True, db_index=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = "索引变更"
        verbose_name_plural = "索引变更"

    def __str__(self) -> str:
        return str(self.document)


class SynonymGroup(models.Model):
    """Words that mean the same to a reader; a query for one also searches for the others."""

    terms = models.TextField(
        "词语", help_text="一行一个，至少两个。检索其中一个时，其余的也一并检索。"
    )
    active = models.BooleanField("使用", default=True)
    updated_at = models.DateTimeField("修改时间", auto_now=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = "同义词"
        verbose_name_plural = "同义词"

    def __str__(self) -> str:
        return " = ".join(self.words)

    @property
    def words(self) -> tuple[str, ...]:
        """The words, each once, in the editor's order."""
        lines = (line.strip() for line in self.terms.splitlines())
        return tuple(dict.fromkeys(filter(None, lines)))

    def clean(self) -> None:
        bare = [characters(word) for word in self.words]
        if len(set(filter(None, bare))) < 2:
            raise ValidationError({"terms": "至少要两个不同的词语，一行一个。"})
        if any(len(word) > LONGEST_TERM for word in bare):
            raise ValidationError({"terms": f"一个词语不超过 {LONGEST_TERM} 字。"})


class TermKind(models.TextChoices):
    """What a policy term names."""

    BODY = "body", "机构"
    PARK = "park", "园区"
    TERM = "term", "政策用语"


class PolicyTerm(models.Model):
    """A word of the trade that is cut as one; ``word`` is folded (see `analysis.as_term`).

    A change waits for `reindex`: an index and its queries are cut by one list.
    """

    word = models.CharField(
        "词语",
        max_length=LONGEST_POLICY_TERM,
        unique=True,
        help_text="切词时当作一个词，如“专精特新”。重建索引之后生效。",
        error_messages={"unique": "这个词语已经在词典里了。"},
    )
    kind = models.CharField("类别", max_length=4, choices=TermKind, default=TermKind.TERM)
    active = models.BooleanField("使用", default=True)
    updated_at = models.DateTimeField("修改时间", auto_now=True)

    class Meta:
        ordering = ["kind", "word"]
        verbose_name = "政策词语"
        verbose_name_plural = "政策词典"

    def __str__(self) -> str:
        return self.word

    def clean(self) -> None:
        try:
            self.word = as_term(self.word)
        except ValueError as error:
            raise ValidationError({"word": str(error)}) from error


class SearchCount(models.Model):
    """How often a query was asked on a day; nothing says by whom, or from where.

    ``query`` is folded and without personal numbers; ``found`` is what the last asking found.
    """

    day = models.DateField("日期")
    query = models.CharField("检索词", max_length=60)
    asked = models.PositiveIntegerField("检索次数", default=0)
    opened = models.PositiveIntegerField("打开文件次数", default=0)
    found = models.PositiveIntegerField("找到文件数", default=0)

    class Meta:
        ordering = ["-day", "-asked", "query"]
        verbose_name = "检索记录"
        verbose_name_plural = "检索记录"
        constraints = [
            models.UniqueConstraint(fields=["day", "query"], name="query_counted_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.query}"


class SearchFeedback(models.Model):
    """What a reader said of the results for a query; nothing says who it was, or at what hour.

    ``query`` is kept as in SearchCount, and as long.
    """

    day = models.DateField("日期", db_index=True)
    query = models.CharField("检索词", max_length=60)
    useful = models.BooleanField("有用")
    said = models.CharField("补充", max_length=300, blank=True)

    class Meta:
        ordering = ["-day", "-pk"]
        verbose_name = "检索反馈"
        verbose_name_plural = "检索反馈"

    def __str__(self) -> str:
        return f"{self.day} {self.query}：{'有用' if self.useful else '没找到'}"


class Recommendation(models.Model):
    """Documents that editors put above the results for a query and other forms of it."""

    queries = models.TextField(
        "检索词",
        help_text="一行一个。读者整句检索其中一个（或它的同义词）时，结果之上显示下面的文件。",
    )
    active = models.BooleanField("使用", default=True)
    updated_at = models.DateTimeField("修改时间", auto_now=True)
    documents = models.ManyToManyField(
        "documents.Document", through="RecommendedDocument", verbose_name="文件"
    )

    class Meta:
        ordering = ["pk"]
        verbose_name = "编辑推荐"
        verbose_name_plural = "编辑推荐"

    def __str__(self) -> str:
        return "、".join(self.forms)

    @property
    def forms(self) -> tuple[str, ...]:
        """The forms of the query, each once, in the editor's order."""
        lines = (line.strip() for line in self.queries.splitlines())
        return tuple(dict.fromkeys(filter(None, lines)))

    def clean(self) -> None:
        bare = [characters(each) for each in self.forms]
        if not bare or not all(bare):
            raise ValidationError({"queries": "至少写一个检索词，一行一个；只有标点的不算。"})
        if any(len(each) > LONGEST_TERM for each in bare):
            raise ValidationError({"queries": f"一个检索词不超过 {LONGEST_TERM} 字。"})


class RecommendedDocument(models.Model):
    """A document's place among those recommended for a query."""

    recommendation = models.ForeignKey(Recommendation, models.CASCADE, related_name="places")
    document = models.ForeignKey(
        "documents.Document", models.CASCADE, related_name="+", verbose_name="文件"
    )
    order = models.PositiveSmallIntegerField("次序", default=0)

    class Meta:
        ordering = ["order", "pk"]
        verbose_name = "推荐的文件"
        verbose_name_plural = "推荐的文件"
        constraints = [
            models.UniqueConstraint(
                fields=["recommendation", "document"], name="recommended_once_a_query"
            )
        ]

    def __str__(self) -> str:
        return str(self.document)
