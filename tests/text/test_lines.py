"""Printed lines whose places are known are put together as they were set."""

from __future__ import annotations

from documents.text import Line, Reading, SectionKind, Source, read_source

WIDTH, HEIGHT = 595.0, 842.0
LEFT, RIGHT, SIZE = 80.0, 516.0, 16.0


def line(text: str, y: float, x0: float | None = None, **other: float) -> Line:
    """A line of ``size`` points (16) on page 1, set from ``x0`` or centred."""
    size = other.get("size", SIZE)
    long = sum(1.0 if ord(character) > 0x2000 else 0.5 for character in text) * size
    left = (WIDTH - long) / 2 if x0 is None else x0
    return Line(
        text, 1, left, left + long, y, size, "FangSong", page_width=WIDTH, page_height=HEIGHT
    )


def read(*lines: Line) -> Reading:
    return read_source(Source("pdf", lines))


BODY = (
    line("现将工作要点印发给你们，请认真按照执行，落实好各项任务", 420, LEFT + 2 * SIZE),
    line("并及时报告有关情况，做好各项服务工作，推动科技创新发展", 449, LEFT),
    line("取得更大成效。", 478, LEFT),
)


def test_joint_issuers_stand_on_lines_of_their_own() -> None:
    reading = read(
        line("青浦区科学技术委员会", 138, size=42),
        line("青浦区科学技术协会", 205, size=42),
        line("文件", 272, size=42),
        line("青科委〔2025〕1号", 320),
        line("关于印发工作要点的通知", 370, size=22),
        line("各有关单位：", 391, LEFT),
        *BODY,
    )
    assert reading.record.issuers == ("青浦区科学技术委员会", "青浦区科学技术协会")


def test_a_raised_figure_is_the_mark_of_its_note() -> None:
    reading = read(
        line("关于印发工作要点的通知", 100, size=22),
        line("各有关单位：", 130, LEFT),
        line("现将两大任务²和工作要点印发给你们，请认真按照执行，落实", 160, LEFT + 2 * SIZE),
        *BODY[1:],
        line("²两大任务见去年的要点。", 760, LEFT, size=9),
    )
    # One note is expected to bear the number one; the second page's note is the second.
    assert not reading.footnotes
    first = read(
        line("关于印发工作要点的通知", 100, size=22),
        line("各有关单位：", 130, LEFT),
        line("现将两大任务¹和工作要点印发给你们，请认真按照执行，落实", 160, LEFT + 2 * SIZE),
        *BODY[1:],
        line("¹两大任务见去年的要点。", 760, LEFT, size=9),
    )
    assert [(note.mark, note.text) for note in first.footnotes] == [("1", "两大任务见去年的要点。")]
    assert "两大任务和工作要点" in first.sections[0].text
    assert "footnote-mark-missing" not in {warning.code for warning in first.warnings}


def test_a_mark_at_the_edge_of_a_full_line_begins_no_paragraph() -> None:
    """Paragraphs with a mark are indented in this document: （2） here only wrapped there."""
    heads = [line(f"{figure}、总体要求", 100 + 60 * at, LEFT + 2 * SIZE)
             for at, figure in enumerate("一二三四")]  # fmt: skip
    texts = [line("推动科技创新和产业创新。", 130 + 60 * at, LEFT + 2 * SIZE) for at in range(4)]
    pairs = [each for pair in zip(heads, texts, strict=True) for each in pair]
    reading = read(
        *pairs,
        line("（一）任务", 345, LEFT + 2 * SIZE),
        line("重点做好以下两项工作任务：（1）加强创新平台建设工作；", 370, LEFT + 2 * SIZE),
        line("（2）完善各项服务制度体系，并按期报告进展情况，确保完成", 399, LEFT),
        line("年度任务。", 428, LEFT),
    )
    items = [(s.number, s.text) for s in reading.sections if s.kind is SectionKind.ITEM]
    assert items == [
        ("（1）", "加强创新平台建设工作；"),
        ("（2）", "完善各项服务制度体系，并按期报告进展情况，确保完成年度任务。"),
    ]


def test_a_paragraph_goes_on_in_the_next_column() -> None:
    left = [line("推动科技创新和产业创新融合", 100 + 20 * at, 80) for at in range(9)]
    right = [line("推动科技创新和产业创新融合", 100 + 20 * at, 312) for at in range(9)]
    reading = read(*left, *right)
    assert reading.sections[0].text == "推动科技创新和产业创新融合" * 18


def test_signers_without_a_space_between_them_are_no_fuller_name() -> None:
    reading = read(
        line("青浦区科学技术委员会", 138, size=42),
        line("青浦区科学技术协会", 205, size=42),
        line("文件", 272, size=42),
        line("青科委〔2025〕1号", 320),
        line("关于印发工作要点的通知", 370, size=22),
        line("各有关单位：", 391, LEFT),
        *BODY,
        line("青浦区科学技术委员会青浦区科学技术协会", 550, 180),
        line("2025年1月16日", 580, 380),
    )
    assert reading.record.issuers == ("青浦区科学技术委员会", "青浦区科学技术协会")
