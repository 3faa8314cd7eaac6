"""What is in the collection already is named before anybody publishes it twice."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from django.test import Client

from documents import minhash
from documents.duplicates import TwinKind, sign, twins_of
from documents.intake import take_in
from documents.models import Document, SourceFile
from documents.review import SectionCorrection, correct_section
from tests.documents.samples import NOTICE

pytestmark = pytest.mark.django_db

BODY = "".join(
    f"{figure}、关于第{figure}项工作\n\n"
    f"围绕{figure}号领域的重点任务，由第{figure}科牵头，在{figure}月底之前完成{word}的部署与检查。\n\n"
    for figure, word in zip(
        "一二三四五六七八九", "研转金才平园科合统", strict=True
    )
)  # fmt: skip
LONG = NOTICE.replace("一、总则", f"{BODY}十、总则").replace("二、申领条件", "十一、申领条件")


def taken(folder: Path, text: str, name: str = "文件.txt") -> Document:
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_text(text, "utf-8")
    return take_in(file, name)


def misread(text: str, share: float) -> str:
    chance = random.Random(7)
    return "".join(
        chr(chance.randrange(0x4E00, 0x9F00)) if c > "\u4e00" and chance.random() < share else c
        for c in text
    )


def only(document: Document) -> tuple[TwinKind, int]:
    (twin,) = twins_of(document)
    return twin.kind, twin.document.pk


def test_the_same_text_in_another_file_is_a_twin(draft: Document, tmp_path: Path) -> None:
    again = taken(tmp_path / "b", NOTICE.replace("，", ", ").replace("\n", "\r\n"))

    assert only(again) == (TwinKind.TEXT, draft.pk)
    assert only(draft) == (TwinKind.TEXT, again.pk)


def test_the_same_file_is_the_gravest_twin(draft: Document, tmp_path: Path) -> None:
    again = taken(tmp_path / "b", NOTICE + "\n")
    SourceFile.objects.update(sha256="a" * 63)
    assert draft.files.count() == 1

    assert only(again)[0] is TwinKind.FILE


def test_the_same_number_is_a_twin_whatever_its_brackets(draft: Document, tmp_path: Path) -> None:
    other = "松科委[2024]7号\n\n关于召开会议的通知\n\n各有关单位：\n\n定于明日开会。\n"
    again = taken(tmp_path / "b", other)

    assert only(again) == (TwinKind.NUMBER, draft.pk)


def test_a_text_with_a_few_characters_misread_is_nearly_the_same(tmp_path: Path) -> None:
    first = taken(tmp_path / "a", LONG)
    again = taken(tmp_path / "b", misread(LONG, 0.02).replace("7号", "8号"))

    (twin,) = twins_of(again)
    assert (twin.kind, twin.document) == (TwinKind.NEAR, first)
    assert twin.similarity is not None
    assert 0.7 <= twin.similarity < 1


def test_different_documents_are_no_twins(draft: Document, tmp_path: Path) -> None:
    other = taken(tmp_path / "b", BODY)

    assert not twins_of(other)
    assert not twins_of(draft)


def test_a_correction_is_compared_by_what_it_says_now(draft: Document, tmp_path: Path) -> None:
    again = taken(tmp_path / "b", NOTICE + "\n")
    for section in again.sections.filter(level__gt=1):
        correct_section(section, SectionCorrection(section.number, "另行规定", "另文。", ()))
    Document.objects.filter(pk=again.pk).update(ref_code="", ref_no="")
    again.refresh_from_db()

    assert not any(twin.grave for twin in twins_of(again))


def test_signing_again_leaves_one_signature(draft: Document) -> None:
    sign([draft])
    sign([draft])

    assert draft.signature_bands.count() == minhash.BANDS


def test_a_twin_is_published_only_after_a_word(
    desk: Client, draft: Document, tmp_path: Path
) -> None:
    again = taken(tmp_path / "b", NOTICE + "\n")
    page = desk.get(f"/documents/{again.slug}/review/").content.decode()
    assert "文字相同" in page
    assert f'href="/documents/{draft.slug}/review/"' in page
    assert page.index(draft.get_absolute_url()) < page.index("我已核对，仍要发布")

    desk.post(f"/documents/{again.slug}/publish/")
    again.refresh_from_db()
    assert not again.is_published
    desk.post(f"/documents/{again.slug}/publish/", {"twins_checked": "1"})
    again.refresh_from_db()
    assert again.is_published


@pytest.mark.parametrize("share", [0.0, 0.25, 0.5, 0.75, 1.0])
def test_signatures_agree_as_much_as_the_texts(share: float) -> None:
    chance = random.Random(1)

    def words(count: int) -> str:
        return "".join(chr(chance.randrange(0x4E00, 0x9F00)) for _ in range(count))

    common = words(round(4000 * share))
    rest = 4000 - len(common)
    left, right = (minhash.signature_of(common + words(rest)) for _ in range(2))
    assert left is not None
    assert right is not None
    expected = share / (2 - share)
    assert minhash.similarity(left, right) == pytest.approx(expected, abs=0.14)


def test_short_texts_are_signed_and_too_short_ones_are_not() -> None:
    assert minhash.signature_of("通知。") is None
    left, right = minhash.signature_of("关于开会的通知"), minhash.signature_of("关于 开会的通知！")
    assert left == right
    assert left is not None
    assert tuple(minhash.unpacked(minhash.packed(left))) == left
