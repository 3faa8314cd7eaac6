"""The report on a collection: a table, the worst documents, a plain word when it is missing."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

DOCUMENT = {
    "id": "a", "title": "某某条例", "text": "某某条例\n一、甲\n第一条 乙。",
    "outline": [[1, "一、甲"], [1, "二、丙"]],
}  # fmt: skip


def report(*arguments: str) -> str:
    out = StringIO()
    call_command("reading_report", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_the_report_counts_and_names_what_was_missed(tmp_path: Path) -> None:
    path = tmp_path / "some.jsonl"
    path.write_text(json.dumps(DOCUMENT, ensure_ascii=False) + "\n", encoding="utf-8")
    answer = json.loads(report(str(path), "--worst", "3", "--json"))
    assert answer["figures"]["outline"] == {"right": 1, "of": 2}
    assert answer["worst"][0]["missed"][0]["wanted"] == "二、丙"
    assert "50.0%" in report(str(path))


@pytest.mark.parametrize("content", [None, "no json", '{"id": 1}'])
def test_a_collection_that_cannot_be_read_is_refused_with_a_reason(
    tmp_path: Path, content: str | None
) -> None:
    path = tmp_path / "some.jsonl"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(CommandError):
        report(str(path))


def sampled(seed: int, path: Path) -> list[dict[str, Any]]:
    answer = report(str(path), "--sample", "6", "--seed", str(seed), "--json")
    rows: list[dict[str, Any]] = json.loads(answer)
    return rows


def test_a_sample_of_headings_is_drawn_from_every_kind_and_always_the_same(tmp_path: Path) -> None:
    path = tmp_path / "some.jsonl"
    kinds = ("law", "departmental-rule", "work-report")
    lines = "\n".join(f"{figure}、任务{figure}" for figure in "一二三四五六七八九十")
    documents = [{"id": kind, "title": "某某", "kind": kind, "text": lines} for kind in kinds]
    path.write_text("\n".join(json.dumps(each) for each in documents), encoding="utf-8")
    assert sampled(1, path) == sampled(1, path) != sampled(2, path)
    assert sorted(row["id"] for row in sampled(1, path)) == sorted(kinds * 2)


def test_a_sampled_heading_stands_beside_its_source(tmp_path: Path) -> None:
    path = tmp_path / "some.jsonl"
    text = "某某办法\n一、总则\n（一）目的\n（二）依据\n二、总则"
    document = {"id": "a", "title": "某某办法", "text": text}
    path.write_text(json.dumps(document), encoding="utf-8")
    printed = report(str(path), "--sample", "9")
    assert (
        "heading: （一） 目的\n  above:   某某办法 / 一、 总则\n  beside:  （二） 依据" in printed
    )
    assert printed.count("  > ") == 4
    assert "  > 二、总则" in printed
