"""The commands answer in one line, and a user's mistake is a sentence and not a traceback."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from documents.models import Document, Status
from tests.conftest import MakeDocument


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out, stderr=StringIO())
    return out.getvalue().strip()


def test_find_is_readable_in_a_terminal(make_document: MakeDocument) -> None:
    make_document("科技规划", "加快创新。", district="青浦区", issuers=["甲委"])
    printed = run("find", "创新")
    assert "1. 科技规划" in printed
    assert "加快【创新】。" in printed
    assert "区：青浦区 1" in printed


def test_find_narrows_by_repeated_options(make_document: MakeDocument) -> None:
    for name in ("青浦区", "嘉定区", "闵行区"):
        make_document(name, "创新。", district=name)
    printed = run("find", "创新", "--district", "青浦区", "--district", "嘉定区", "--json")
    assert json.loads(printed)["count"] == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--page", "0"], "page"),
        (["--page", "7"], "没有第 7 页"),
        (["--sort", "best"], "best"),
        (["--limit", "0"], "1 到 100000"),
        (["--run", "run.txt"], "--batch"),
        (["--batch", "missing.jsonl"], "--run"),
        (["--batch", "missing.jsonl", "--run", "run.txt"], "missing.jsonl 无法读取"),
    ],
)
def test_a_mistake_is_one_sentence(
    make_document: MakeDocument, arguments: list[str], message: str
) -> None:
    make_document("甲", "创新。")
    with pytest.raises(CommandError, match=message):
        run("find", *arguments)


def test_without_an_index_find_names_the_cure(db: None) -> None:
    with pytest.raises(CommandError, match="reindex"):
        run("find", "创新")


def test_a_batch_gives_a_trec_run(make_document: MakeDocument, tmp_path: Path) -> None:
    make_document("甲", "个体工商户的登记。", public_id="A1")
    make_document("乙", "经营者的债务。", public_id="A2")
    questions = tmp_path / "questions.jsonl"
    lines = [
        '{"query_id": 7, "text": "个体工商户怎样登记？"}',
        "",
        '{"query_id": "q", "text": "，"}',
    ]
    questions.write_text("\n".join(lines), "utf-8")
    run("find", "--batch", str(questions), "--limit", "5", "--run", str(tmp_path / "run"))
    (line,) = (tmp_path / "run").read_text("utf-8").splitlines()
    query_id, q0, document, rank, score, name = line.split(" ")
    assert (query_id, q0, document, rank, name) == ("7", "Q0", "A1", "1", "portal")
    assert float(score) > 0


@pytest.mark.parametrize(
    "line", ["nonsense", "[]", '{"query_id": 1}', '{"query_id":"a b","text":""}']
)
def test_a_wrong_line_of_a_batch_is_named(db: None, tmp_path: Path, line: str) -> None:
    questions = tmp_path / "questions.jsonl"
    questions.write_text(line, "utf-8")
    with pytest.raises(CommandError, match="第 1 行"):
        run("find", "--batch", str(questions), "--run", str(tmp_path / "run"))


def test_check_is_silent_about_nothing_wrong(make_document: MakeDocument) -> None:
    make_document("甲", "创新。")
    assert run("reindex", "--check") == "一致：1 份文件，2 个章节。"


def test_check_names_every_kind_of_difference(
    make_document: MakeDocument, withdraw: Callable[..., Any]
) -> None:
    make_document("新", "创新。", public_id="new", indexed=False)
    changed = make_document("改", "创新。", public_id="changed")
    make_document("无", "创新。", public_id="gone")
    Document.objects.filter(public_id="gone").update(status=Status.WITHDRAWN)
    Document.objects.filter(pk=changed.pk).update(version_hash="0" * 64)
    lost = make_document("缺", "创新。", public_id="lost", indexed=False)
    assert lost.pk
    with pytest.raises(CommandError) as error:
        run("reindex", "--check")
    assert str(error.value) == (
        "索引与数据库不一致：缺少 1 份（lost），过时 1 份（changed），多余 1 份（gone）；"
        "请运行 manage.py reindex。"
    )


def test_one_document_is_indexed_anew(make_document: MakeDocument) -> None:
    make_document("甲", "创新。", public_id="a")
    document = make_document("乙", "创新。", public_id="b", indexed=False)
    assert run("reindex", "--document", document.public_id) == "已重建 b：2 个章节。"
    assert run("reindex", "--check") == "一致：2 份文件，4 个章节。"
    with pytest.raises(CommandError, match="没有编号"):
        run("reindex", "--document", "none")


def test_if_needed_does_what_is_needed_and_no_more(
    make_document: MakeDocument, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_document("甲", "创新。", indexed=False)
    assert run("reindex", "--if-needed").startswith("已重建索引：1 份")
    live = (index / "current").read_text()
    assert run("reindex", "--if-needed") == "索引无需重建。"
    make_document("乙", "创新。", indexed=False)
    assert run("reindex", "--if-needed") == "索引无需重建，补齐了 1 份文件。"
    assert (index / "current").read_text() == live
    monkeypatch.setattr("search_indexes.rebuild.fingerprint", lambda: "another")
    assert run("reindex", "--if-needed").startswith("已重建索引：2 份")


def test_haystacks_own_commands_do_not_empty_the_index(make_document: MakeDocument) -> None:
    make_document("甲", "创新。")
    with pytest.raises(NotImplementedError, match="reindex"):
        call_command("clear_index", interactive=False)
    assert run("reindex", "--check").startswith("一致：1 份")
