"""What is a heading and what only looks like one."""

from __future__ import annotations

import pytest

from documents.text import Line, SectionKind, Source, read_source, read_text

BODY = "推动科技创新和产业创新融合发展，加快培育新质生产力，打造具有全国影响力的创新策源地。"


@pytest.mark.parametrize(
    "item",
    ["（一）自行停止执业满一年的", "（一）使用说明书。应当载明用途。", "（一）有下列情形之一的："],
)
def test_an_item_of_an_article_is_text(item: str) -> None:
    reading = read_text(f"某条例\n第一条 有下列情形的：\n{item}\n（二）其他情形，包括甲乙丙。")
    section = next(s for s in reading.sections if s.number == "（一）")
    assert (section.heading, section.text) == (None, item[3:])


def test_items_of_an_article_that_all_open_with_a_phrase_keep_their_headings() -> None:
    reading = read_text(f"某条例\n第一条 原则：\n（一）便民原则。{BODY}\n（二）公开原则。{BODY}")
    assert [s.heading for s in reading.sections[2:]] == ["便民原则", "公开原则"]


@pytest.mark.parametrize("mark", ["（一）", "1.", "（1）"])
def test_one_whole_sentence_is_text_unless_something_lies_below_it(mark: str) -> None:
    alone = read_text(f"工作要点\n一、任务\n{mark}推进平台建设。")
    assert (alone.sections[-1].heading, alone.sections[-1].text) == (None, "推进平台建设。")
    over = read_text(f"工作要点\n一、任务\n{mark}推进平台建设。\n{BODY}")
    assert (over.sections[2].heading, over.sections[2].ending) == ("推进平台建设", "。")


def test_a_note_of_who_is_in_charge_does_not_make_its_sentence_a_heading() -> None:
    text = "（一）支持开展知识产权证券化试点。（负责部门：证监会）"
    (section,) = read_text(f"工作要点\n{text}").sections[1:]
    assert (section.heading, section.text) == (None, text[3:])


def test_a_long_first_sentence_among_plain_siblings_is_text() -> None:
    long = "引导金融机构通过贷款延期展期等方式，缓解外贸企业资金压力，不得抽贷。扩大规模。"
    plain = "发挥政府性融资担保作用，支持企业发展，落实各项政策，做好服务。"
    reading = read_text(f"工作要点\n1.{long}\n2.{plain}\n3.{plain}")
    assert (reading.sections[1].heading, reading.sections[1].text) == (None, long)


def test_the_sign_that_ended_a_heading_is_kept_beside_it() -> None:
    reading = read_text(f"工作总结\n一、主要任务：\n（一）强基础。{BODY}\n**优化生态：**{BODY}")
    assert [(s.heading, s.ending) for s in reading.sections[1:]] == [
        ("主要任务", "："), ("强基础", "。"), ("优化生态", "："),
    ]  # fmt: skip


def test_a_preamble_is_text_and_no_line_of_recipients() -> None:
    reading = read_text("关于甲的解释\n为正确审理案件，根据有关法律，作如下解释：\n第一条 甲乙。")
    assert reading.record.recipients is None
    assert reading.sections[0].text.startswith("为正确审理")


def test_a_closing_note_is_not_the_title_of_the_next_part() -> None:
    reading = read_text(
        f"关于印发《科技计划》的通知\n各单位：\n现印发给你们。\n某区科学技术委员会\n2025年3月31日\n"
        f"（此件公开发布）\n科技计划\n{BODY}"
    )
    assert [s.heading for s in reading.sections] == ["关于印发《科技计划》的通知", "科技计划"]
    assert reading.record.disclosure == "此件公开发布"


def test_a_table_of_contents_without_a_label_opens_no_sections() -> None:
    entries = "\n".join(("一、管辖", "二、回避", "三、证据", "四、期间"))
    bodies = "\n".join(f"{entry}\n{BODY}" for entry in entries.split("\n"))
    reading = read_text(f"某某解释\n{entries}\n{bodies}")
    assert [s.anchor for s in reading.sections] == ["p1", "p1-1", "p1-2", "p1-3", "p1-4"]


def test_a_preface_stands_beside_the_chapters_and_supplements_hold_their_articles() -> None:
    reading = read_text(
        f"某某法\n序言\n{BODY}\n第一章 总则\n第一条 {BODY}\n附则\n第二条 本法自公布之日起施行。"
    )
    assert [s.anchor for s in reading.sections] == [
        "p1", "p1-x1", "p1-1", "p1-1-a1", "p1-x2", "p1-x2-a2",
    ]  # fmt: skip


def test_headings_in_their_own_typeface_need_no_number() -> None:
    def line(text: str, y: float, font: str) -> Line:
        x0, x1 = 112.0, 112.0 + 16 * len(text)
        return Line(text, 1, x0, x1, y, 16, font, page_width=595, page_height=842)

    lines = (
        line("为了做好工作，现提出以下要点。", 100, "FangSong"),
        line("总体要求", 150, "SimHei"),
        line("做好各项科技创新服务工作，抓好落实。", 175, "FangSong"),
        line("基本原则", 200, "KaiTi_GB2312"),
        line("坚持创新引领的各项工作安排。", 225, "FangSong"),
    )
    reading = read_source(Source("pdf", lines))
    headed = [(s.heading, s.level) for s in reading.sections if s.kind is SectionKind.HEADING]
    assert headed == [("总体要求", 2), ("基本原则", 3)]


def test_quoted_words_of_an_amendment_are_no_heading() -> None:
    text = "一、第三条修改为：“科技创新。其他不变。”"
    (section,) = read_text(f"修改决定\n{text}").sections[1:]
    assert section.heading is None


def test_an_amendment_gives_another_texts_words_and_no_sections() -> None:
    reading = read_text(
        "关于修改某解释的决定\n一、修改某解释\n1.将第三条修改为：\n“有下列情形的：\n（一）甲；\n（二）乙。”\n"
        "2.将第四条修改为：\n“丙。”"
    )
    found = [(s.number, s.heading, s.text) for s in reading.sections[2:]]
    assert found == [
        ("1.", None, "将第三条修改为：\n“有下列情形的：\n（一）甲；\n（二）乙。”"),
        ("2.", None, "将第四条修改为：\n“丙。”"),
    ]


def test_a_quotation_mark_without_its_partner_hides_no_section() -> None:
    reading = read_text(f"工作要点\n“十四五以来。\n一、主要任务\n{BODY}\n二、保障措施\n{BODY}")
    assert [s.number for s in reading.sections[1:]] == ["一、", "二、"]


@pytest.mark.parametrize(
    "sentence",
    [
        "各单位应当按时报送",
        "委员会由主任一人组成",
        "购买住房的，给予补贴",
        "本规定自发布之日起施行",
    ],
)
def test_a_provision_before_more_text_is_no_heading(sentence: str) -> None:
    reading = read_text(f"某规定\n一、{sentence}。{BODY}\n二、基本原则。{BODY}")
    assert [s.heading for s in reading.sections[1:]] == [None, "基本原则"]


def test_a_question_is_a_heading_whatever_it_asks() -> None:
    question = "问：哪些人可以提起诉讼？"
    reading = read_text(f"某解答\n一、{question}\n答：{BODY}")
    assert reading.sections[1].heading == question


def test_entries_below_a_colon_that_hold_nothing_are_a_list() -> None:
    entries = "1.身份证\n2.户口簿"
    listed = read_text(f"某通知\n一、申请材料如下：\n{entries}\n二、受理")
    assert [s.heading for s in listed.sections[2:4]] == [None, None]
    headed = read_text(f"某通知\n一、申请材料如下：\n1.身份证\n{BODY}\n2.户口簿\n{BODY}")
    assert [s.heading for s in headed.sections[2:4]] == ["身份证", "户口簿"]


def test_dots_before_a_page_number_are_a_table_of_contents() -> None:
    entries = ("一、总体要求........1", "（一）基本原则......2", "二、任务........12")
    reading = read_text(
        "某某建设指南\n2021 年 11 月\n目 录\n"
        + "\n".join(entries)
        + f"\n一、总体要求\n{BODY}\n二、任务\n{BODY}"
    )
    assert [s.anchor for s in reading.sections] == ["p1", "p1-1", "p1-2"]
    assert reading.record.title == "某某建设指南"


def test_articles_beyond_a_thousand_are_articles() -> None:
    reading = read_text(
        "某某法典\n第九百九十九条 甲。\n第一千条 乙。\n第一千零一条 丙。\n第一千零一条之一 丁。"
    )
    assert [s.anchor for s in reading.sections[1:]] == [
        "p1-a999", "p1-a1000", "p1-a1001", "p1-a1001.1",
    ]  # fmt: skip
