"""Reads the record that a government site prints beside a document: number, issuer, dates."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from selectolax.lexbor import LexborHTMLParser, LexborNode

# 政府信息公开目录: what the platforms call the fields of their record, spaces left out.
_LABELS = {
    "索引号": "索引号", "发文机关": "发文机关", "发文机构": "发文机关", "发布机构": "发布机构",
    "发文字号": "发文字号", "文号": "发文字号", "成文日期": "成文日期", "发文日期": "成文日期",
    "生成日期": "生成日期", "发布日期": "发布日期", "公开日期": "公开日期", "标题": "标题",
    "名称": "标题", "信息名称": "标题", "主题分类": "主题分类", "主题词": "主题词",
    "公文种类": "公文种类", "体裁": "体裁", "有效性": "有效性", "时效性": "时效性",
    "公开类别": "公开类别", "废止日期": "废止日期",
}  # fmt: skip
_FEWEST = 2  # labels that make a table a record
_TITLE = "meta[name=ArticleTitle]"  # 政府网站发展指引 (2017), appendix: a page names its document


def page_record(tree: LexborHTMLParser) -> list[str]:
    """The fields of the page's record as lines, label and value, in the order of the page.

    The title comes from the page's head where no table gives it. A field without value is left
    out; of a label that comes twice the first value counts.
    """
    found: dict[str, str] = {}
    for table in tree.css("table"):
        if is_record(table):
            for label, value in _fields(table):
                found.setdefault(label, value)
    head = tree.css_first(_TITLE)
    title = " ".join(((head.attributes or {}).get("content") or "").split()) if head else ""
    if title:
        found.setdefault("标题", title)
    return [f"{label}：{value}" for label, value in found.items()]


def is_record(table: LexborNode) -> bool:
    """Whether a table is a record: a cell with a label before its value, at least twice."""
    return len(table.css("table")) == 1 and sum(1 for _ in _fields(table)) >= _FEWEST


def _fields(table: LexborNode) -> Iterator[tuple[str, str]]:
    for row in table.css("tr"):
        cells = [" ".join(cell.text(separator="").split()) for cell in row.css("td, th")]
        for name, value in pairwise(cells):
            label = _LABELS.get("".join(name.split()).rstrip("：:"))
            if label and value and "".join(value.split()).rstrip("：:") not in _LABELS:
                yield label, value
