"""Whatever its format, an uploaded document is found at once, and gone at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from documents.intake import take_in
from documents.publishing import publish, withdraw
from search_indexes.rebuild import rebuild
from tests.documents.samples import NOTICE
from tests.extraction import build

pytestmark = pytest.mark.django_db

LINES = [line for line in NOTICE.splitlines() if line]


def as_docx() -> bytes:
    return build.docx("".join(build.paragraph(build.run(line)) for line in LINES))


def as_pdf() -> bytes:
    pdf = build.Pdf()
    for row, line in enumerate(LINES):
        pdf.text(_left(row, line), 90 + 28 * row, line)
    return pdf.bytes()


def _left(row: int, line: str) -> float:
    """Where a line begins on A4 by GB/T 9704: heads centred, signature right, body indented."""
    width = 16.0 * len(line)
    if row < 3 or line == "松江区科技创新券管理办法":
        return (595 - width) / 2
    if line in ("上海市松江区科学技术委员会", "2024年5月8日"):
        return 500 - width
    return 111 if line.startswith(("现将", "一、", "二、", "（", "申领")) else 79


def as_markdown() -> bytes:
    return NOTICE.replace("一、总则", "## 一、总则").replace("二、申领", "## 二、申领").encode()


FORMATS = {
    "txt": ("通知.txt", NOTICE.encode()),
    "gb18030": ("通知-国标.txt", NOTICE.encode("gb18030")),
    "md": ("通知.md", as_markdown()),
    "docx": ("通知.docx", as_docx()),
    "pdf": ("通知.pdf", as_pdf()),
}


@pytest.fixture(autouse=True)
def empty_index(index: Path, db: None) -> None:
    """An index with nothing in it, as a portal has after its first start."""
    rebuild()


@pytest.mark.parametrize("form", FORMATS)
def test_an_uploaded_document_is_found_at_once_and_gone_at_once(
    form: str,
    client: Client,
    tmp_path: Path,
    settings: Settings,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    name, content = FORMATS[form]
    file = tmp_path / "upload"
    file.write_bytes(content)

    document = take_in(file, name)
    assert document.title == "关于印发《松江区科技创新券管理办法》的通知"
    assert document.recipients == "各街镇、各有关单位"
    assert document.ref_no == "松科委〔2024〕7号"
    assert document.issuer_names == ("上海市松江区科学技术委员会",)
    assert [row.number for row in document.sections.filter(level=2)] == ["一、", "二、"]
    assert "高新技术企业" in document.sections.get(anchor="p2-2").text
    assert found(client) == []

    with django_capture_on_commit_callbacks(execute=True):
        publish(document)
    assert found(client) == [f"/documents/{document.slug}/#p2-2"]

    with django_capture_on_commit_callbacks(execute=True):
        withdraw(document)
    assert found(client) == []
    assert client.get(document.get_absolute_url()).status_code == 410


def found(client: Client) -> list[str]:
    answer = client.get("/api/v1/search", {"q": '"入库的科技型中小企业"'}).json()
    return [section["url"] for hit in answer["documents"] for section in hit["sections"]]
