"""The search page on the command line."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.http import QueryDict

from search_indexes.facets import FACETS
from search_indexes.finder import NoSuchPage, best_matches, find
from search_indexes.form import BadRequestParameter, request_from_parameters
from search_indexes.query_sets import SearchUnavailable
from search_indexes.request import Sort
from search_indexes.results import DocumentHit, Facet, Fragment, SearchPage
from search_indexes.serialise import page_as_json

RUN_NAME = "portal"
DEFAULT_LIMIT = 20
BATCH_LIMIT = 1000
FACET_VALUES = 6


class Command(BaseCommand):
    """Prints what the search page shows, or runs a file of whole questions."""

    help = "检索：命令行上的检索页；--json 给出机器可读的结果；--batch 运行一组完整的问题。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("query", nargs="?", metavar="QUERY", help="检索词，写法与检索页相同")
        parser.add_argument(
            "--json", action="store_true", help="输出 JSON（与 /api/v1/search 相同）"
        )
        for facet in FACETS:
            parser.add_argument(
                f"--{facet.name.replace('_', '-')}",
                action="append",
                default=[],
                help=f"{facet.label}（可重复）",
            )
        parser.add_argument(
            "--sort", default="relevance", help="、".join(sort.value for sort in Sort)
        )
        parser.add_argument("--from", dest="since", metavar="DATE", default="", help="成文日期起")
        parser.add_argument("--to", dest="until", metavar="DATE", default="", help="成文日期止")
        parser.add_argument("--literal", action="store_true", help="只搜原词，不用同义词")
        parser.add_argument("--ageless", action="store_true", help="按相关度排时不计新旧")
        parser.add_argument("--titles", action="store_true", help="只在标题里找")
        parser.add_argument("--page", default="1", help="第几页（从 1 开始）")
        parser.add_argument("--limit", type=_positive, help="每页几份；--batch 时每个问题几份")
        parser.add_argument(
            "--batch", type=Path, metavar="QUERIES", help="JSON Lines：query_id、text"
        )
        parser.add_argument(
            "--run", type=Path, metavar="FILE", help="--batch 的结果文件（TREC 格式）"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["batch"]:
                self._batch(options)
            else:
                self._find(options)
        except (BadRequestParameter, NoSuchPage, SearchUnavailable) as error:
            raise CommandError(str(error)) from error

    def _find(self, options: dict[str, Any]) -> None:
        if options["run"]:
            raise CommandError("--run 要与 --batch 一起用。")
        page_size = options["limit"] or DEFAULT_LIMIT
        request = request_from_parameters(_parameters(options), page_size=page_size)
        page = find(request)
        if options["json"]:
            self.stdout.write(json.dumps(page_as_json(page), ensure_ascii=False))
        else:
            self.stdout.write("\n".join(_readable(page)))

    def _batch(self, options: dict[str, Any]) -> None:
        if options["query"] or not options["run"]:
            raise CommandError("--batch 要有 --run FILE，且不带检索词。")
        questions = _questions(options["batch"])
        limit = options["limit"] or BATCH_LIMIT
        try:
            with options["run"].open("w", encoding="utf-8") as run:
                lines = sum(
                    self._answer(run, number, questions, limit) for number in range(len(questions))
                )
        except OSError as error:
            raise CommandError(f"{options['run']} 无法写入：{error.strerror}。") from error
        self.stdout.write(f"{len(questions)} 个问题，{lines} 行结果，写入 {options['run']}。")

    def _answer(
        self, run: TextIO, number: int, questions: list[tuple[str, str]], limit: int
    ) -> int:
        query_id, text = questions[number]
        matches = best_matches(text, limit)
        for rank, match in enumerate(matches, start=1):
            run.write(f"{query_id} Q0 {match.id} {rank} {match.score:.6f} {RUN_NAME}\n")
        if (number + 1) % 100 == 0:
            self.stderr.write(f"{number + 1}/{len(questions)}")
        return len(matches)


def _positive(value: str) -> int:
    if not (value.isascii() and value.isdigit() and 1 <= int(value[:9]) <= 100_000):
        raise argparse.ArgumentTypeError(f"应是 1 到 100000 的整数，不能是 {value[:50]!r}")
    return int(value)


def _parameters(options: dict[str, Any]) -> QueryDict:
    parameters = QueryDict(mutable=True)
    # The shell hands bytes that are no UTF-8 on as lone surrogates, which the parser blanks.
    parameters["q"] = options["query"] or ""
    parameters["sort"] = options["sort"]
    parameters["page"] = options["page"]
    parameters["from"], parameters["to"] = options["since"], options["until"]
    for name in ("literal", "ageless"):
        parameters[name] = "1" if options[name] else ""
    parameters["in"] = "title" if options["titles"] else ""
    for facet in FACETS:
        parameters.setlist(facet.name, options[facet.name])
    return parameters


def _questions(file: Path) -> list[tuple[str, str]]:
    questions = []
    try:
        with file.open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    questions.append(_question(line, number, file))
    except OSError as error:
        raise CommandError(f"{file} 无法读取：{error.strerror}。") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{file} 不是 UTF-8 文本。") from error
    return questions


def _question(line: str, number: int, file: Path) -> tuple[str, str]:
    try:
        record = json.loads(line)
        query_id, text = str(record["query_id"]), record["text"]
    except (ValueError, KeyError, TypeError) as error:
        raise CommandError(
            f"{file} 第 {number} 行应是含 query_id 和 text 的 JSON 对象。"
        ) from error
    if not isinstance(text, str) or not query_id or any(map(str.isspace, query_id)):
        raise CommandError(f"{file} 第 {number} 行的 query_id 不能有空白，text 应是文字。")
    return query_id, text


def _readable(page: SearchPage) -> list[str]:
    lines = [
        f"{page.count} 份文件，{page.section_count} 处，第 {page.page}/{page.pages} 页，"
        f"{page.milliseconds} 毫秒"
    ]
    lines += page.notes
    lines += [f"“{each.term}”也检索了：{'、'.join(each.also)}" for each in page.synonyms]
    lines += [f"文号相近：{each.ref_no} {each.title} {each.url}" for each in page.numbers]
    if page.jump:
        lines.append(f"文号直达：{page.jump}")
    for number, hit in enumerate(page.documents, start=1):
        lines += ["", *_readable_hit(number, hit)]
    if page.nearest:
        dropped = "、".join(page.nearest.dropped)
        lines += ["", f"去掉“{dropped}”，最接近的 {page.nearest.count} 份文件："]
        for number, hit in enumerate(page.nearest.documents, start=1):
            lines += ["", *_readable_hit(number, hit)]
    lines += ["", *(_readable_facet(facet) for facet in page.facets if facet.values)]
    return lines


def _readable_hit(number: int, hit: DocumentHit) -> list[str]:
    written = hit.date.isoformat() if hit.date else None
    record = [*hit.issuers, hit.ref_no, written, hit.district]
    lines = [f"{number}. {hit.title}", f"   {' · '.join(filter(None, record))}", f"   {hit.url}"]
    if hit.known_as:
        lines.append(f"   又称 {'、'.join(map(_marked, hit.known_as))}")
    for section in hit.sections:
        lines.append(f"   › {' › '.join(section.path)}  #{section.anchor}")
        lines.append(f"     {_marked(section.excerpt)}")
    if hit.section_count > len(hit.sections) > 0:
        lines.append(f"     另有 {hit.section_count - len(hit.sections)} 处")
    return [line for line in lines if line.strip()]


def _marked(pieces: Iterable[Fragment]) -> str:
    return "".join(f"【{each.text}】" if each.match else each.text for each in pieces)


def _readable_facet(facet: Facet) -> str:
    shown = [v for number, v in enumerate(facet.values) if number < FACET_VALUES or v.selected]
    values = "  ".join(f"{'✓' if v.selected else ''}{v.value} {v.count}" for v in shown)
    more = len(facet.values) - len(shown)
    return f"{facet.label}：{values}{f'  …另 {more} 项' if more else ''}"
