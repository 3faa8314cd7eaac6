"""A file is what its content says; a name that says otherwise is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from documents.extraction import Format, FormatMismatch, UnsupportedFormat, extract_file, sniff
from documents.extraction.formats import check_name
from tests.extraction import build

WORD = build.docx(build.paragraph("通知"))
PDF = build.Pdf().text(90, 100, "关于印发科技创新规划的通知，请遵照执行。").bytes()
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600

CASES = [
    (PDF, "", Format.PDF),
    (b"junk before it\n" + PDF, "", Format.PDF),
    (WORD, "", Format.DOCX),
    (WORD[: len(WORD) // 2], "a.docx", Format.DOCX),
    (build.package({"OFD.xml": "<OFD/>"}), "", Format.OFD),
    (build.package({"xl/workbook.xml": "<x/>"}), "", Format.XLSX),
    (build.package({"a.txt": "x"}), "", Format.ZIP),
    (OLE2 + "WordDocument".encode("utf-16-le"), "", Format.DOC),
    (OLE2 + "Workbook".encode("utf-16-le"), "", Format.XLS),
    (OLE2 + "EncryptedPackage".encode("utf-16-le"), "", Format.ENCRYPTED_OFFICE),
    (b"{\\rtf1\\ansi x}", "", Format.RTF),
    (b"\x89PNG\r\n\x1a\n....", "", Format.IMAGE),
    ("<!DOCTYPE html><p>通知".encode(), "", Format.HTML),
    ("\n<!-- x -->\n<html lang=zh>".encode("utf-16"), "", Format.HTML),
    ("一、通知".encode("gb18030"), "", Format.TEXT),
    ("# 通知".encode(), "a.md", Format.MARKDOWN),
    ("# 通知".encode(), "a.txt", Format.TEXT),
    (bytes(range(256)) * 8, "", Format.BINARY),
]


@pytest.mark.parametrize(("data", "name", "expected"), CASES)
def test_content_decides_what_a_file_is(data: bytes, name: str, expected: Format) -> None:
    assert sniff(data, name) is expected


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("通知.docx", Format.PDF),
        ("通知.PDF", Format.DOCX),
        ("通知.doc", Format.HTML),
        ("通知.txt", Format.PDF),
        ("通知.pdf", Format.TEXT),
        ("通知.docx", Format.XLSX),
        ("双重.pdf.docx", Format.PDF),
    ],
)
def test_a_name_of_another_type_is_refused_with_both_named(name: str, found: Format) -> None:
    with pytest.raises(FormatMismatch) as refusal:
        check_name(name, found)
    assert Path(name).suffix.lower() in refusal.value.message
    assert "扩展名" in refusal.value.message


@pytest.mark.parametrize("name", ["通知", "通知.bak", ".hidden", "a.docx\0.exe", "通知.2025"])
def test_an_unknown_extension_claims_nothing(name: str) -> None:
    check_name(name, Format.PDF)


def test_a_word_file_saved_as_rtf_keeps_its_doc_name() -> None:
    check_name("通知.doc", Format.RTF)


def test_a_pdf_named_docx_is_refused_at_the_door(tmp_path: Path) -> None:
    path = tmp_path / "stored-under-any-name"
    path.write_bytes(PDF)
    with pytest.raises(FormatMismatch, match="PDF"):
        extract_file(path, name="通知.docx")
    assert extract_file(path, name="通知.pdf").format == "pdf"


@pytest.mark.parametrize(("name", "word"), [("a.png", "图片"), ("a.zip", "压缩包")])
def test_a_known_but_unread_type_is_refused_by_its_name(
    tmp_path: Path, name: str, word: str
) -> None:
    path = tmp_path / name
    path.write_bytes(b"\x89PNG\r\n\x1a\n...." if name == "a.png" else build.package({"a.txt": "x"}))
    with pytest.raises(UnsupportedFormat, match=word):
        extract_file(path)
