"""An upload becomes a draft with everything read of it, or is refused and leaves nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.intake import IntakeRefused, clean_name, take_in
from documents.models import Document, Status

pytestmark = pytest.mark.django_db


def test_an_upload_becomes_a_draft_with_its_record(draft: Document) -> None:
    assert draft.status == Status.DRAFT
    assert draft.title == "关于印发《松江区科技创新券管理办法》的通知"
    assert draft.issuer_names == ("上海市松江区科学技术委员会",)
    assert (draft.ref_code, draft.ref_year, draft.ref_serial) == ("松科委", 2024, 7)
    assert str(draft.written_date) == "2024-05-08"
    assert str(draft.printed_date) == "2024-05-10"
    assert draft.year == 2024
    assert draft.district is not None
    assert draft.district.name == "松江区"
    assert draft.slug == "skw-2024-7"


def test_an_upload_becomes_a_tree_of_sections(draft: Document) -> None:
    rows = draft.sections.select_related("parent")
    anchors = {row.anchor: row.parent and row.parent.anchor for row in rows}

    assert anchors["p2"] is None
    assert anchors["p2-1"] == "p2"
    assert anchors["p2-1-2"] == "p2-1"
    assert "检验检测" in draft.sections.get(anchor="p2-1-2").text


def test_sections_earn_themes_by_terms_they_use(draft: Document) -> None:
    place = draft.sections.get(anchor="p2-2").theme_places.get(theme__name="高新技术企业")

    assert set(place.terms) == {"高新技术企业", "科技型中小企业"}


def test_the_original_is_kept_with_its_text(draft: Document) -> None:
    file = draft.files.get()

    assert (file.name, file.format) == ("松江通知.txt", "txt")
    assert "松科委〔2024〕7号" in file.text


def test_the_same_file_again_is_refused_and_names_its_twin(
    draft: Document, notice_file: Path
) -> None:
    with pytest.raises(IntakeRefused) as refusal:
        take_in(notice_file, "again.txt")

    assert refusal.value.twin == draft
    assert draft.title in str(refusal.value)
    assert Document.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.txt", b""),
        ("blank.txt", b" \n\n\t \n"),
        ("notes.pdf", "这是文字，不是 PDF。".encode()),
        ("broken.pdf", b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog"),
        ("binary.txt", bytes(range(256)) * 40),
        ("picture.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 200),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason_and_leaves_nothing(
    tmp_path: Path, media: Path, name: str, content: bytes
) -> None:
    file = tmp_path / "upload"
    file.write_bytes(content)

    with pytest.raises(IntakeRefused) as refusal:
        take_in(file, name)

    assert len(str(refusal.value)) > 8
    assert not Document.objects.exists()
    assert not [kept for kept in media.rglob("*") if kept.is_file()]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("通知.txt", "通知.txt"),
        ("../../etc/passwd", "passwd"),
        ("C:\\文件\\通知.docx", "通知.docx"),
        ("a\r\nSet-Cookie: x.txt", "aSet-Cookie: x.txt"),
        ("\u202etxt.exe", "txt.exe"),
        ("...", "未命名"),
        ("", "未命名"),
        ("长" * 300 + ".pdf", "长" * 247 + ".pdf"),
    ],
)
def test_file_names_lose_what_could_mislead(typed: str, kept: str) -> None:
    assert clean_name(typed) == kept


@given(st.text(max_size=600))
def test_any_file_name_becomes_a_short_plain_one(typed: str) -> None:
    name = clean_name(typed)

    assert 0 < len(name) <= 255
    assert name.isprintable()
    assert "/" not in name
    assert "\\" not in name
