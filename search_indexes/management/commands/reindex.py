"""Builds the index, or compares it with the database."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from documents.models import Document
from search_indexes import lexicon
from search_indexes.engine.errors import IndexUnusable
from search_indexes.rebuild import (
    RebuildFailed,
    describe,
    difference,
    reason_to_rebuild,
    rebuild,
    reindex_documents,
)
from search_indexes.sync import catch_up

PATIENCE = 3600.0
"""Seconds to wait for a rebuild already under way, as the worker's after damage."""


class Command(BaseCommand):
    """Replaces the index beside the live one, so that nobody ever searches an empty one."""

    help = "在现用索引旁重建整个索引，核对后切换；也可核对或只重建一份文件。"

    def add_arguments(self, parser: CommandParser) -> None:
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument("--if-needed", action="store_true", help="只在需要时重建或补齐")
        choice.add_argument(
            "--check", action="store_true", help="核对数据库与索引；有差异则退出码为 1"
        )
        choice.add_argument("--document", metavar="ID", help="只重建一份文件（编号或地址）")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["check"]:
                self._check()
            elif options["document"]:
                self._one(options["document"])
            elif options["if_needed"]:
                self._if_needed()
            else:
                self._rebuild()
        except (IndexUnusable, RebuildFailed) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"索引无法写入：{error}。") from error

    def _check(self) -> None:
        found = difference()
        if found:
            raise CommandError(f"索引与数据库不一致：{describe(found)}；请运行 manage.py reindex。")
        self.stdout.write(f"一致：{found.documents} 份文件，{found.sections} 个章节。")

    def _one(self, name: str) -> None:
        keys = Document.objects.filter(public_id=name) | Document.objects.filter(slug=name)
        key = keys.values_list("pk", flat=True).first()
        if key is None:
            raise CommandError(f"没有编号或地址为 {name!r} 的文件。")
        self.stdout.write(f"已重建 {name}：{reindex_documents([key])} 个章节。")

    def _if_needed(self) -> None:
        reason = reason_to_rebuild()
        if reason:
            self.stderr.write(f"需要重建：{reason}。")
            self._rebuild()
            return
        changed = catch_up()
        found = difference()
        if found:
            reindex_documents(found.keys)
        taken = changed + len(found.keys)
        self.stdout.write(f"索引无需重建，补齐了 {taken} 份文件。" if taken else "索引无需重建。")

    def _rebuild(self) -> None:
        began = time.monotonic()
        found = rebuild(
            lambda sections: self.stderr.write(f"已读 {sections} 个章节"),
            seconds=PATIENCE,
            waiting=lambda: self.stderr.write("另一进程正在重建索引，等它完成…"),
        )
        lexicon.prepare()
        seconds = time.monotonic() - began
        self.stdout.write(
            f"已重建索引：{found.documents} 份文件，{found.sections} 个章节，{seconds:.1f} 秒。"
        )
