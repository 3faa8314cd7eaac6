"""A Markdown file reads as the page it would make."""

from __future__ import annotations

from documents.extraction.markdown import read_markdown
from documents.extraction.plain import read_plain
from documents.text.values import Cell, Footnote, Line, NoteMark, Paragraph, Span, Table


def paragraphs(text: str) -> list[Paragraph]:
    return [b for b in read_markdown(text.encode()).blocks if isinstance(b, Paragraph)]


def texts(text: str) -> list[str]:
    return [paragraph.text for paragraph in paragraphs(text)]


def test_headings_carry_their_level() -> None:
    source = "# 工作要点\n\n##  一、总体要求 ##\n###无空格\n\n次要标题\n---\n\n主标题\n===\n"
    assert [(p.text, p.outline) for p in paragraphs(source)] == [
        ("工作要点", 1), ("一、总体要求", 2), ("无空格", 3), ("次要标题", 2), ("主标题", 1),
    ]  # fmt: skip


def test_bold_is_a_range_and_other_signs_are_gone() -> None:
    (read,) = paragraphs(
        "**强化策源。**推动[若干政策](http://x.cn/a)*落实*，__做实__`A_b`，见\\*注\\*。"
    )
    assert read.text == "强化策源。推动若干政策落实，做实A_b，见*注*。"
    assert read.bold == (Span(0, 5), Span(14, 16))


def test_underscores_and_stars_inside_words_stay() -> None:
    assert texts("变量 a_b_c 与 3*4*5。") == ["变量 a_b_c 与 3*4*5。"]


def test_wrapped_lines_are_joined_and_paragraphs_on_lines_of_their_own_are_not() -> None:
    wrapped = [
        "青浦加强科技创新推动产业高质量发展的目标和思路举措研",
        "究，以深入推进创智引擎建设为核心打造创新策源地的目标",
        "与思路。",
    ]
    assert texts("\n".join(wrapped)) == ["".join(wrapped)]
    assert texts("第一段。\n第二段较长一些，也在这里结束。\n三") == [
        "第一段。",
        "第二段较长一些，也在这里结束。",
        "三",
    ]


def test_lists_keep_their_numbers_and_lose_their_bullets() -> None:
    assert texts("1. 甲\n2. 乙\n\n- 丙\n* 丁\n") == ["1. 甲", "2. 乙", "丙", "丁"]


def test_notes_stand_apart() -> None:
    source = read_markdown("新设企业[^1]增长。\n\n[^1]: 根据**年报**\n    整理。\n".encode())
    assert [b.text for b in source.blocks if isinstance(b, Paragraph)] == ["新设企业增长。"]
    assert source.footnotes == (Footnote("1", "根据年报整理。"),)


def test_the_place_of_every_mark_of_a_note_is_kept() -> None:
    source = read_markdown(
        "**新设**企业[^b]增长[^a]，外资企业[^b]持平[^c]。\n\n"
        "| 指标[^a] | 值 |\n|---|---|\n\n[^a]: 甲。\n[^b]: 乙。\n".encode()
    )
    words, table = source.blocks
    assert isinstance(words, Paragraph)
    assert isinstance(table, Table)
    assert words.text == "新设企业增长，外资企业持平。"
    # What [^c] would say is nowhere: it is no mark of a note.
    assert words.notes == (NoteMark(4, 1), NoteMark(6, 0), NoteMark(11, 1))
    assert table.rows[0][0] == Cell("指标", notes=(NoteMark(2, 0),))


def test_a_table_is_a_table() -> None:
    (table,) = read_markdown("| 指标 | 值 |\n|---|---:|\n| **企业** | 1\\|2 |\n".encode()).blocks
    assert table == Table(((Cell("指标"), Cell("值")), (Cell("企业"), Cell("1|2"))))


def test_rules_comments_front_matter_tags_and_fences_leave_no_signs() -> None:
    source = (
        "---\ntitle: x\n---\n正文<br>甲。\n\n***\n<!-- 注\n释 -->\n> 引文。\n```\n代码 **x**\n```\n"
    )
    assert texts(source) == ["正文甲。", "引文。", "代码 **x**"]


def test_printed_lines_with_markdown_signs_go_to_reflow() -> None:
    line = "二是加快推动张江高新区建设并研究制定园区改革创新发展行动方"
    source = read_markdown(("# 标题\n\n" + f"{line}\n\n" * 10).encode())
    assert sum(isinstance(block, Line) for block in source.blocks) >= 10


def test_a_text_file_with_markdown_signs_stays_lines() -> None:
    blocks = read_plain("第一行\n**第二行**\n".encode()).blocks
    assert [b.text for b in blocks if isinstance(b, Line)][:2] == ["第一行", "**第二行**"]
