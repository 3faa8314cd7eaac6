"""The report on a collection: a table, the worst documents, a plain word when it is missing."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

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
