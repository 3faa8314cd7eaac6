"""Older office files are read by way of LibreOffice, OFD files directly."""

from __future__ import annotations

import shutil
import struct
from pathlib import Path

import pytest

from documents.extraction import (
    Damaged,
    Encrypted,
    LimitExceeded,
    NoText,
    ToolMissing,
    extract_file,
)
from documents.extraction.ofd import read_ofd
from documents.extraction.office import read_office
from documents.text.values import Line
from tests.extraction.build import package

RTF = rb"{\rtf1\ansi\ansicpg936 {\b Policy} notice\par Second paragraph\par}"
needs_office = pytest.mark.skipif(
    not (shutil.which("soffice") or shutil.which("libreoffice")), reason="LibreOffice is not here"
)
OFD: dict[str, str | bytes] = {
    "OFD.xml": '<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016" DocType="OFD" Version="1.0">'
    "<ofd:DocBody><ofd:DocInfo><ofd:DocID>1</ofd:DocID></ofd:DocInfo>"
    "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
    "Doc_0/Document.xml": '<ofd:Document xmlns:ofd="http://www.ofdspec.org/2016"><ofd:CommonData>'
    "<ofd:MaxUnitID>9</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox>"
    "</ofd:PageArea></ofd:CommonData><ofd:Pages>"
    '<ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/>'
    "</ofd:Pages></ofd:Document>",
}


def ofd(content: str) -> bytes:
    page = (
        '<ofd:Page xmlns:ofd="http://www.ofdspec.org/2016"><ofd:Content><ofd:Layer ID="2">'
        f"{content}</ofd:Layer></ofd:Content></ofd:Page>"
    )
    return package(OFD | {"Doc_0/Pages/Page_0/Content.xml": page})


def text_object(number: int, x: float, y: float, text: str) -> str:
    return (
        f'<ofd:TextObject ID="{number}" Boundary="{x} {y} 150 10" Font="3" Size="5">'
        f'<ofd:TextCode X="0" Y="5" DeltaX="g {max(1, len(text) - 1)} 5">{text}</ofd:TextCode>'
        "</ofd:TextObject>"
    )


def test_an_ofd_reads_from_top_to_bottom_in_points() -> None:
    data = ofd(text_object(5, 30, 60, "第二行") + text_object(4, 30, 40, "关于印发规划的通知"))
    blocks = [block for block in read_ofd(data).blocks if isinstance(block, Line)]
    assert [block.text for block in blocks] == ["关于印发规划的通知", "第二行"]
    assert blocks[0].x0 == pytest.approx(30 * 72 / 25.4, abs=0.2)
    assert blocks[0].y == pytest.approx(45 * 72 / 25.4, abs=0.2)
    assert blocks[0].page == 1


def test_an_ofd_without_text_names_the_cure() -> None:
    with pytest.raises(NoText, match="请上传"):
        read_ofd(ofd(""))


@pytest.mark.parametrize(
    "members",
    [
        {"OFD.xml": "<OFD"},
        OFD | {"../up.xml": "x"},
        {"OFD.xml": '<!DOCTYPE a [<!ENTITY b "c">]><OFD>&b;</OFD>'},
    ],
)
def test_a_broken_ofd_is_damaged(members: dict[str, str | bytes]) -> None:
    with pytest.raises((Damaged, LimitExceeded)):
        read_ofd(package(members))


@needs_office
def test_an_rtf_is_read_and_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "notice.rtf"
    path.write_bytes(RTF)
    source = extract_file(path)
    assert source.format == "rtf"
    assert [getattr(block, "text", "") for block in source.blocks] == [
        "Policy notice",
        "Second paragraph",
    ]


def test_without_libreoffice_the_message_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ToolMissing, match="libreoffice-writer-nogui"):
        read_office(RTF)


def test_a_word_97_file_with_a_password_is_said_to_be_encrypted() -> None:
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0")
    word = struct.pack("<H8xH", 0xA5EC, 0x0100)
    with pytest.raises(Encrypted):
        read_office(header + word + b"\0" * 64 + "WordDocument".encode("utf-16-le"))
