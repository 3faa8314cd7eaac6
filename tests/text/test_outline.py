"""How sections are told from text: numbering, parts, statutes, printed pages, word processors."""

from __future__ import annotations

from documents.text import (
    Line,
    Paragraph,
    Reading,
    SectionKind,
    Source,
    Span,
    read_source,
    read_text,
)

BODY = "推动科技创新和产业创新融合发展，加快培育新质生产力，打造具有全国影响力的创新策源地。"


def tree(reading: Reading) -> list[tuple[str, str | None, str | None]]:
    return [(section.anchor, section.number, section.heading) for section in reading.sections]


def test_quantities_and_years_open_no_section() -> None:
    reading = read_text(f"工作总结\n一、产值\n{BODY}\n686.22亿元。\n2024年增长。\n26家。\n{BODY}")
    assert [section.anchor for section in reading.sections] == ["p1", "p1-1"]


def test_a_heading_on_the_line_of_its_text_ends_at_the_full_stop() -> None:
    (section,) = read_text(f"工作要点\n（一）建设“大会展”平台。{BODY}").sections[1:]
    assert (section.heading, section.text) == ("建设“大会展”平台", BODY)


def test_a_gap_in_the_numbering_is_kept_and_reported() -> None:
    reading = read_text(f"工作要点\n一、甲\n{BODY}\n二、乙\n{BODY}\n四、丁\n{BODY}")
    assert [section.anchor for section in reading.sections] == ["p1", "p1-1", "p1-2", "p1-4"]
    assert [(w.code, w.anchor) for w in reading.warnings if w.anchor] == [("numbering-gap", "p1-4")]


def test_articles_run_on_through_chapters_and_hold_their_items() -> None:
    reading = read_text(
        "某某条例\n2020年1月2日 某市第一届人民代表大会常务委员会第二次会议通过\n"
        "目　录\n第一章 总则\n第二章 附则\n"
        "第一章 总则\n第一条 为了科技创新，制定本条例。\n第二章 附则\n"
        "第二条 有下列情形之一的：\n（一）甲；\n（二）乙。\n"
        "前款规定另有期限的，从其规定。\n第三条 本条例自公布之日起施行。"
    )
    assert [anchor for anchor, *_ in tree(reading)] == [
        "p1", "p1-1", "p1-1-a1", "p1-2", "p1-2-a2", "p1-2-a2-1", "p1-2-a2-2",
        "p1-2-a2-x1", "p1-2-a3",
    ]  # fmt: skip
    assert reading.record.written_date is not None
    assert reading.record.title == "某某条例"


def test_a_notice_and_the_plan_it_issues_are_two_parts() -> None:
    reading = read_text(
        f"关于印发《科技计划》的通知\n各单位：\n现将《科技计划》印发给你们。\n某区科学技术委员会\n2025年3月31日\n科技计划\n{BODY}\n一、甲\n{BODY}"
    )
    assert tree(reading) == [
        ("p1", None, "关于印发《科技计划》的通知"),
        ("p2", None, "科技计划"), ("p2-1", "一、", "甲"),
    ]  # fmt: skip
    assert reading.record.recipients == "各单位"


def test_bold_sentences_lead_and_bold_words_do_not() -> None:
    reading = read_text(
        f"工作总结\n一、甲\n**强化主体培育。**{BODY}**脑机接口**很好。**优化生态。**{BODY}"
    )
    assert [s.heading for s in reading.sections if s.kind is SectionKind.LEAD] == [
        "强化主体培育",
        "优化生态",
    ]
    assert "脑机接口很好。" in reading.sections[2].text


def test_an_enumeration_begins_at_one_and_has_two_members() -> None:
    reading = read_text("工作总结\n一、甲\n总体良好。一是加强培育，成效好；二是优化服务，评价高。")
    assert [(s.number, s.text) for s in reading.sections if s.kind is SectionKind.ITEM] == [
        ("一是", "加强培育，成效好；"), ("二是", "优化服务，评价高。"),
    ]  # fmt: skip
    assert reading.sections[1].text == "总体良好。"
    alone = read_text("工作总结\n一、甲\n总体良好。二是优化服务。")
    assert not [s for s in alone.sections if s.kind is SectionKind.ITEM]


def test_printed_lines_with_positions_are_put_together_by_their_indent() -> None:
    def line(text: str, y: float, x0: float = 80, page: int = 1) -> Line:
        return Line(
            text,
            page=page,
            x0=x0,
            x1=x0 + 16 * len(text),
            y=y,
            size=16,
            page_width=595,
            page_height=842,
        )

    full = "科技创新引领产业创新加快培育新质生产力建设科创"
    reading = read_source(
        Source(
            "pdf",
            (
                line("2025年工作要点", 100, 230),
                line(full[:-2], 140, 112), line(full, 165), line("中心。", 190),
                line("一、夯实基础", 215, 112),
                line(full[:-2], 240, 112), line(full, 700), line("— 1 —", 800, 280),
                line("建设。", 80, page=2), line("二、强化能力", 105, 112, 2),
                line("做好服务。", 130, 112, 2),
            ),
            pages=2,
        )
    )  # fmt: skip
    assert tree(reading) == [
        ("p1", None, "2025年工作要点"), ("p1-1", "一、", "夯实基础"), ("p1-2", "二、", "强化能力"),
    ]  # fmt: skip
    assert reading.sections[1].text == full[:-2] + full + "建设。"
    assert [section.page for section in reading.sections] == [1, 1, 2]


def test_headings_of_a_word_processor_need_no_numbers() -> None:
    reading = read_source(
        Source(
            "docx",
            (
                Paragraph("科技创新工作总结", style="Title", centred=True),
                Paragraph("主要成绩", style="Heading 1", outline=1),
                Paragraph("平台建设", style="Heading 2", outline=2),
                Paragraph("加快建设。" + BODY, bold=(Span(0, 5),)),
                Paragraph("下一步打算", style="Heading 1", outline=1),
                Paragraph(BODY),
            ),
        )
    )
    assert tree(reading) == [
        ("p1", None, "科技创新工作总结"),
        ("p1-x1", None, "主要成绩"), ("p1-x1-x1", None, "平台建设"),
        ("p1-x1-x1-x1", None, "加快建设"), ("p1-x2", None, "下一步打算"),
    ]  # fmt: skip


def test_a_page_s_repeated_characters_are_dropped_once() -> None:
    reading = read_text(
        f"工作总结\n一、甲\n{BODY}{BODY}开展活动\n\n动。推动联盟成立。".replace(
            "活动\n\n动", "活动。\n\n动"
        )
    )
    assert reading.sections[1].text.endswith("开展活动。推动联盟成立。")
