"""When a document comes into force, how long it is, what it repeals, and where that was found."""

from __future__ import annotations

from typing import Any

import pytest

from documents.text import How, Repeal, read_text

HEAD = "某某办法\n2024年4月2日某市人民政府公布\n第一条 为了科技创新，制定本办法。\n第二条 "


@pytest.mark.parametrize(
    ("text", "effective", "expiry"),
    [
        ("本办法自2024年5月1日起施行，有效期至2028年12月31日。", "2024-05-01", "2028-12-31"),
        ("本办法自2024年5月1日起施行，有效期五年。", "2024-05-01", "2029-04-30"),
        ("本办法自2024年2月29日起执行，有效期1年。", "2024-02-29", "2025-02-28"),
        ("本办法自二〇二四年五月一日起实施。", "2024-05-01", None),
        ("本办法自公布之日起施行。", "2024-04-02", None),
        ("本办法自印发之日起施行。", None, None),
        ("《某某条例》自2020年1月1日起施行。", None, None),
        ("本许可证有效期3年，自2024年5月1日起计算。", None, None),
        ("将第三条修改为：“本办法自2019年1月1日起施行。”", None, None),
    ],
)
def test_force_is_read_only_where_the_text_states_it(
    text: str, effective: str | None, expiry: str | None
) -> None:
    record = read_text(HEAD + text).record
    dates = [str(day) if day else None for day in (record.effective_date, record.expiry_date)]
    assert dates == [effective, expiry]


@pytest.mark.parametrize(
    ("text", "repeals"),
    [
        ("《甲办法》（沪府发〔2019〕1号）同时废止。", (Repeal("甲办法", "沪府发〔2019〕1号"),)),
        ("《甲办法》《乙规定》同时废止。", (Repeal("甲办法"), Repeal("乙规定"))),
        ("原沪府发〔2019〕1号同时废止。", (Repeal(None, "沪府发〔2019〕1号"),)),
        ("根据《关于修改甲的决定》修正的《甲办法》同时废止。", (Repeal("甲办法"),)),
        ("凡与《甲办法》不一致的，同时废止。", ()),
        ("依照《甲办法》办理。", ()),
    ],
)
def test_a_repeal_names_what_it_repeals(text: str, repeals: Any) -> None:
    opening = "本办法自2024年5月1日起施行。"
    assert read_text(HEAD + opening + text).record.repeals == repeals


def test_each_field_says_where_it_was_found_and_how() -> None:
    reading = read_text(
        "青科委〔2025〕1号\n关于印发《科技计划》的通知\n各单位：\n现印发给你们。\n"
        "本通知自2025年4月1日起施行。\n青浦区科学技术委员会\n2025年3月31日"
    )
    found = {entry.field: (entry.how, entry.lines) for entry in reading.found}
    assert found["title"] == (How.PRINTED, (2,))
    assert found["ref_no"] == (How.PRINTED, (1,))
    assert found["recipients"] == (How.PRINTED, (3,))
    assert found["effective_date"] == (How.PRINTED, (5,))
    assert found["issuers"] == (How.PRINTED, (6,))
    assert found["written_date"] == (How.PRINTED, (7,))
    assert found["district"] == (How.ISSUER, ())
    assert found["document_type"] == (How.TITLE, ())
    assert "printed_date" not in found
