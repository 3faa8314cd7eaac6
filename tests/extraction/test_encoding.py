"""Text is read in the encoding it was written in."""

from __future__ import annotations

import pytest

from documents.extraction import UnsupportedFormat
from documents.extraction.encoding import decode
from documents.extraction.plain import read_plain

NOTICE = (
    "青浦区科学技术委员会文件\n青科委〔2025〕1号\n\n各街道、镇，区政府有关部门：\n"
    "一、强化科技创新策源功能。2024年高新技术企业达到1000家，增长18.7%。\n"
)


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gbk", "gb18030"],
)
@pytest.mark.parametrize("times", [1, 40])
def test_a_chinese_text_reads_the_same_in_every_encoding(encoding: str, times: int) -> None:
    assert decode((NOTICE * times).encode(encoding)).text == NOTICE * times


def test_traditional_chinese_in_big5_is_read() -> None:
    text = "臺北市政府公告　發文日期：中華民國一百十四年。依據行政程序法第一百五十四條辦理。\n" * 8
    assert decode(text.encode("big5")).text == text


def test_gbk_is_read_with_characters_that_only_gb18030_has() -> None:
    text = "关于㑇、䶮、𠮷三字的通知。请遵照执行，认真落实。\n" * 5
    assert decode(text.encode("gb18030")).text == text


@pytest.mark.parametrize(("encoding", "warned"), [("utf-8", False), ("gbk", True)])
def test_a_guessed_encoding_is_said(encoding: str, warned: bool) -> None:
    codes = [warning.code for warning in read_plain(NOTICE.encode(encoding)).warnings]
    assert codes == (["encoding"] if warned else [])


def test_a_file_cut_inside_its_last_character_is_still_utf8() -> None:
    assert decode(NOTICE.strip().encode()[:-1]).text == NOTICE.strip()[:-1]


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(256)) * 20,
        "通知".encode() + b"\0" * 40 + "文件".encode(),
        b"\x00\x01\x02\x03" * 100,
        b"\x7fELF\x02\x01\x01" + b"\x00" * 200,
    ],
)
def test_binary_content_is_refused(data: bytes) -> None:
    with pytest.raises(UnsupportedFormat):
        decode(data)


def test_a_stray_control_character_is_dropped() -> None:
    assert decode("通\x08知\x0c二页".encode()).text == "通知\x0c二页"
