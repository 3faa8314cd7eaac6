"""What an uploader says about a file: it wins over what is read from its text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from documents.text import Reading, parse_date, parse_reference_number

COLUMNS: dict[str, tuple[str, ...]] = {
    "file": ("文件名", "文件", "file", "filename", "file_name"),
    "title": ("标题", "题名", "title"),
    "issuers": ("发文机关", "发布机构", "issuer", "issuers"),
    "ref_no": ("发文字号", "文号", "ref_no", "number"),
    "written_date": ("成文日期", "日期", "written_date", "date"),
    "district": ("区", "地区", "district", "region"),
    "themes": ("主题", "theme", "themes"),
    "disclosure": ("公开属性", "disclosure"),
}
"""The columns of a table of metadata, by what they may be called."""

LENGTHS = {"title": 500, "disclosure": 50, "district": 50}


class WrongValue(Exception):
    """A given value cannot be used; the message says which and how to write it, in Chinese."""


@dataclass(frozen=True, slots=True)
class Given:
    """The record as far as it is given; empty values leave the reading alone.

    ``written_date`` is an ISO date, ``ref_no`` a number in the standard's own brackets.
    """

    title: str = ""
    issuers: tuple[str, ...] = ()
    ref_no: str = ""
    written_date: str = ""
    district: str = ""
    themes: tuple[str, ...] = ()
    disclosure: str = ""

    def over(self, reading: Reading) -> Reading:
        """*reading* with the given values in place of its own."""
        values: dict[str, Any] = {}
        for name in ("title", "issuers", "district", "disclosure"):
            if value := getattr(self, name):
                values[name] = value
        if self.ref_no:
            values |= {"ref_no": self.ref_no, "ref": parse_reference_number(self.ref_no)}
        if self.written_date:
            values["written_date"] = date.fromisoformat(self.written_date)
        found = tuple(found for found in reading.found if found.field not in values)
        return replace(reading, record=replace(reading.record, **values), found=found)

    def as_json(self) -> dict[str, Any]:
        """What from_json takes; only what is given."""
        return {name: value for name, value in asdict(self).items() if value}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Given:
        """The value that as_json gave."""
        lists = {name: tuple(values.get(name, ())) for name in ("issuers", "themes")}
        return cls(**{**values, **lists})

    @classmethod
    def from_row(cls, row: Mapping[str, str]) -> Given:
        """The value of a table's row, by the keys of COLUMNS. Raises WrongValue."""
        texts = {name: " ".join(row.get(name, "").split()) for name in COLUMNS}
        for name, longest in LENGTHS.items():
            if len(texts[name]) > longest:
                raise WrongValue(f"{COLUMNS[name][0]}超过 {longest} 个字。")
        issuers = _several(texts["issuers"])
        if any(len(name) > 200 for name in issuers):
            raise WrongValue("发文机关的名称超过 200 个字。")
        themes = _several(texts["themes"])
        if any(len(name) > 50 for name in themes):
            raise WrongValue("主题的名称超过 50 个字。")
        return cls(
            title=texts["title"],
            issuers=issuers,
            ref_no=_reference(texts["ref_no"]),
            written_date=_date(texts["written_date"]),
            district=texts["district"],
            themes=themes,
            disclosure=texts["disclosure"],
        )


def column_of(heading: str) -> str | None:
    """The key of COLUMNS for a table's heading, whatever its case and blanks."""
    plain = "".join(heading.split()).casefold()
    return next((key for key, names in COLUMNS.items() if plain in names), None)


def _several(text: str) -> tuple[str, ...]:
    for mark in "、，,；;|":
        text = text.replace(mark, " ")
    return tuple(dict.fromkeys(text.split()))


def _reference(text: str) -> str:
    if not text:
        return ""
    ref = parse_reference_number(text)
    if ref is None:
        raise WrongValue(f"“{text[:40]}”不像发文字号。请按“机关代字〔年份〕序号号”填写。")
    return str(ref)


def _date(text: str) -> str:
    if not text:
        return ""
    day = parse_date(text.replace("/", "-").replace(".", "-"))
    if day is None:
        raise WrongValue(f"“{text[:40]}”不是日期。请按 2025-01-16 的样子填写。")
    return day.isoformat()
