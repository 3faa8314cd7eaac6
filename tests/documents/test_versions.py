"""A new file of a published document: seen before it counts, and no link or old text is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoCaptureOnCommitCallbacks

from documents import originals, versions
from documents.bookmarks import add
from documents.differences import by_section, marks, paired
from documents.extraction import ToolMissing
from documents.file_reading import with_full_names
from documents.intake import take_in
from documents.models import Document, Job, JobState, Proposal, SourceFile
from documents.publishing import publish
from documents.register import Register
from documents.snapshots import dumped, loaded, reading_of
from documents.text import Section, SectionKind, read_text
from documents.text.characters import fingerprint
from documents.work import work_once
from tests.documents.samples import NOTICE

pytestmark = pytest.mark.django_db

REVISED = NOTICE.replace(
    "一、总则",
    "一、目的\n\n为规范创新券的发放和使用，提高财政资金使用效益。\n\n二、总则",
).replace("二、申领条件", "三、申领条件").replace(
    "（二）创新券由区科委统一发放，用于购买检验检测服务。\n\n", ""
).replace("入库的科技型中小企业", "入库的科技型中小企业和专精特新企业")  # fmt: skip


def propose(document: Document, text: str = REVISED, sha256: str = "f" * 64) -> Proposal:
    reading = with_full_names(read_text(text))
    issuers = Register().issuers(reading.record.issuers)
    original = SourceFile(sha256=sha256, name="修订.txt", format="txt", size=9, text=text)
    return versions.propose(document, reading, issuers, original, None)


@pytest.fixture
def published(draft: Document) -> Document:
    return publish(draft)


def test_differences_are_shown_by_section_before_anything_changes(published: Document) -> None:
    before = reading_of(published)
    found = versions.differences(propose(published))

    assert reading_of(published) == before
    kinds = {change.label: change.kind for change in found.sections}
    assert kinds["一、目的"] == "added"
    assert kinds["二、总则"] == "changed"
    (gone,) = (change for change in found.sections if change.kind == "removed")
    assert "用于购买检验检测服务" in f"{gone.label}{gone.text}"
    changed = next(c for c in found.sections if c.label == "三、申领条件")
    assert [m.text for m in changed.text if m.kind == "added"] == ["和专精特新企业"]
    assert found.counts["same"] >= 3


def test_anchors_stay_where_the_text_stayed(published: Document) -> None:
    anchors = {s.heading or s.text: s.anchor for s in published.sections.all()}
    document = versions.accept(propose(published))
    now = {s.heading or s.text: s.anchor for s in document.sections.all()}

    assert now["总则"] == anchors["总则"] == "p2-1"
    assert now["申领条件"] == anchors["申领条件"] == "p2-2"
    assert now["目的"] not in anchors.values()


def test_a_removed_sections_link_still_lands(client: Client, published: Document) -> None:
    versions.accept(propose(published))

    former = published.former_anchors.get()
    assert (former.anchor, former.now_at) == ("p2-1-2", "p2-1-1")
    page = client.get(f"/documents/{published.slug}/").content.decode()
    assert page.count('id="p2-1-2"') == 1


def test_a_section_that_comes_back_gets_its_anchor_back(published: Document) -> None:
    versions.accept(propose(published))
    back = propose(published, NOTICE, sha256="e" * 64)
    document = versions.accept(back)

    assert document.sections.filter(anchor="p2-1-2").exists()
    assert not document.former_anchors.filter(anchor="p2-1-2").exists()


def test_the_old_version_stays_readable_and_is_marked(client: Client, published: Document) -> None:
    versions.accept(propose(published))
    address = f"/documents/{published.slug}/versions/1/"
    old = client.get(address).content.decode()
    current = client.get(f"/documents/{published.slug}/").content.decode()

    assert "旧版" in old
    assert "用于购买检验检测服务" in old
    assert "用于购买检验检测服务" not in current
    assert address in current
    assert client.get(f"/documents/{published.slug}/versions/2/").status_code == 404


def test_versions_of_a_withdrawn_document_are_not_for_readers(
    client: Client, published: Document
) -> None:
    versions.accept(propose(published))
    Document.objects.update(status="withdrawn")

    assert client.get(f"/documents/{published.slug}/versions/1/").status_code == 404


def test_a_bookmark_holds_when_its_section_moved(published: Document, editor: User) -> None:
    bookmark = add(editor, published, "p2-1-1")
    versions.accept(propose(published))

    section = published.sections.get(anchor="p2-1-1")
    assert section.fingerprint == bookmark.fingerprint


def test_what_an_editor_saw_stays_where_the_new_file_is_silent(published: Document) -> None:
    Document.objects.filter(pk=published.pk).update(cc="区财政局")
    document = versions.accept(propose(published))

    assert document.cc == "区财政局"
    assert document.ref_no == published.ref_no


def test_a_draft_and_the_same_file_are_refused(draft: Document) -> None:
    with pytest.raises(versions.VersionRefused, match="草稿"):
        propose(draft)
    publish(draft)
    SourceFile.objects.update(sha256="f" * 64)
    with pytest.raises(versions.VersionRefused, match="一字未改"):
        propose(draft)


def test_a_dropped_proposal_leaves_everything_as_it_was(published: Document) -> None:
    before = reading_of(published)
    versions.drop(propose(published))

    assert reading_of(Document.objects.get(pk=published.pk)) == before
    assert not published.versions.exists()


def test_an_editor_uploads_looks_and_accepts(desk: Client, published: Document) -> None:
    file = SimpleUploadedFile("修订.txt", REVISED.encode())
    answer = desk.post(f"/documents/{published.slug}/versions/new/", {"file": file})
    proposed = f"/documents/{published.slug}/versions/proposed/"
    job = Job.objects.get()
    assert answer["Location"] == f"/upload/jobs/{job.pk}/"
    assert not Proposal.objects.exists(), "the web process reads nothing"
    assert published.title in desk.get(answer["Location"]).content.decode()

    work_once("w")
    assert desk.get(f"/upload/jobs/{job.pk}/")["Location"] == proposed
    page = desk.get(proposed).content.decode()
    assert "<ins>和专精特新企业</ins>" in page
    assert "未变的" in page
    desk.post(proposed, {"accept": "1"})
    assert published.versions.count() == 1
    assert published.files.count() == 2
    shown = desk.get(f"/documents/{published.slug}/").content.decode()
    assert "修订.txt" in shown
    assert "松江通知.txt" not in shown


def test_the_page_of_a_new_versions_job_shows_its_steps(desk: Client, published: Document) -> None:
    file = SimpleUploadedFile("修订.txt", REVISED.encode())
    address = desk.post(f"/documents/{published.slug}/versions/new/", {"file": file})["Location"]
    page = desk.get(address).content.decode()

    for step in ("收到", "识别格式", "读取文字", "分章节", "与现行版本比较"):
        assert step in page
    assert address in desk.get(f"/documents/{published.slug}/review/").content.decode()


def test_a_new_version_that_could_not_be_read_can_be_tried_again(
    desk: Client, published: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(path: Path, name: str | None = None) -> None:
        raise ToolMissing

    file = SimpleUploadedFile("修订.txt", REVISED.encode())
    with monkeypatch.context() as now:
        now.setattr("documents.file_reading.extract_file", missing)
        desk.post(f"/documents/{published.slug}/versions/new/", {"file": file})
        work_once("w")
    job = Job.objects.get()
    assert (job.state, job.retryable) == (JobState.FAILED, True)
    assert ToolMissing.default in desk.get(f"/upload/jobs/{job.pk}/").content.decode()

    desk.post(f"/upload/jobs/{job.pk}/retry/")
    work_once("w")
    assert Proposal.objects.get().document == published


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "空"), (NOTICE.encode(), "一字未改"), (b"\x89PNG\r\n\x1a\n", "图")],
)
def test_a_new_version_that_is_none_says_why_and_leaves_no_file(
    desk: Client, published: Document, media: Path, content: bytes, reason: str
) -> None:
    file = SimpleUploadedFile("修订.txt", content)
    address = desk.post(f"/documents/{published.slug}/versions/new/", {"file": file})["Location"]
    work_once("w")
    page = desk.get(address).content.decode()

    assert reason in Job.objects.get().reason
    assert Job.objects.get().reason in page
    assert f"/documents/{published.slug}/review/#new-version" in page
    assert len(originals_in(media)) == 1


def test_a_draft_takes_no_new_version_and_keeps_no_file(
    desk: Client, draft: Document, media: Path
) -> None:
    file = SimpleUploadedFile("修订.txt", REVISED.encode())
    answer = desk.post(f"/documents/{draft.slug}/versions/new/", {"file": file}, follow=True)

    assert "这还是草稿" in answer.content.decode()
    assert not Job.objects.exists()
    assert len(originals_in(media)) == 1


def test_a_document_deleted_meanwhile_ends_the_job_with_a_reason(
    desk: Client, published: Document
) -> None:
    file = SimpleUploadedFile("修订.txt", REVISED.encode())
    desk.post(f"/documents/{published.slug}/versions/new/", {"file": file})
    Document.objects.filter(pk=published.pk).delete()
    work_once("w")

    assert "已经不在库中" in Job.objects.get().reason


def test_the_file_of_a_proposal_is_kept_while_it_waits_and_let_go_when_it_is_dropped(
    desk: Client,
    published: Document,
    media: Path,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    url = f"/documents/{published.slug}/versions/new/"
    desk.post(url, {"file": SimpleUploadedFile("修订.txt", REVISED.encode())})
    work_once("w")
    originals.sweep()
    assert len(originals_in(media)) == 2
    assert originals.known() == {path.name for path in originals_in(media)}

    again = REVISED.replace("专精特新企业", "专精特新中小企业").encode()
    desk.post(url, {"file": SimpleUploadedFile("再修订.txt", again)})
    with django_capture_on_commit_callbacks(execute=True):
        work_once("w")
    assert len(originals_in(media)) == 2, "the earlier proposal's file is gone"
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(f"/documents/{published.slug}/versions/proposed/", {"drop": "1"})
    assert [path.name for path in originals_in(media)] == [published.files.get().sha256]


def originals_in(media: Path) -> list[Path]:
    return [file for file in media.rglob("*") if file.is_file()]


def test_a_draft_becomes_the_new_version_of_what_it_repeats(
    desk: Client, published: Document, tmp_path: Path
) -> None:
    file = tmp_path / "修订.txt"
    file.write_text(REVISED, "utf-8")
    again = take_in(file, "修订.txt")
    address = f"/documents/{published.slug}/versions/from-draft/"
    assert f'action="{address}"' in desk.get(f"/documents/{again.slug}/review/").content.decode()

    answer = desk.post(address, {"draft": again.slug})
    assert answer["Location"] == f"/documents/{published.slug}/versions/proposed/"
    assert not Document.objects.filter(pk=again.pk).exists()
    document = versions.accept(Proposal.objects.get())
    assert document.files.first() is not None
    assert document.sections.filter(heading="目的").exists()


def test_only_a_draft_with_a_file_becomes_a_version(published: Document) -> None:
    with pytest.raises(versions.VersionRefused, match="草稿"):
        versions.propose_draft(published, published)


def test_readers_propose_nothing(client: Client, published: Document) -> None:
    propose(published)
    client.force_login(User.objects.create_user("reader"))
    for address in ("new", "proposed"):
        answer = client.post(f"/documents/{published.slug}/versions/{address}/", {"accept": "1"})
        assert answer.status_code == 403
    assert Proposal.objects.exists()


def test_a_frozen_reading_comes_back_from_json(published: Document, seeds_text: list[str]) -> None:
    for text in [NOTICE, *seeds_text]:
        reading = read_text(text)
        assert loaded(dumped(reading)) == reading


@pytest.fixture
def seeds_text() -> list[str]:
    folder = Path(__file__).resolve().parents[3] / "shared" / "seeds"
    return [path.read_text("utf-8") for path in sorted(folder.glob("*.txt"))]


@given(st.text("甲乙丙。\n", max_size=60), st.text("甲乙丁。\n", max_size=60))
def test_marks_spell_both_texts(old: str, new: str) -> None:
    found = marks(old, new)

    assert "".join(mark.text for mark in found if mark.kind != "added") == old
    assert "".join(mark.text for mark in found if mark.kind != "removed") == new


WORDINGS = st.lists(
    st.tuples(st.sampled_from(["甲", "乙", "丙", ""]), st.text("天地玄黄宇宙洪荒", max_size=20)),
    min_size=1,
    max_size=8,
)


@given(WORDINGS, WORDINGS)
def test_every_section_of_both_versions_is_accounted_for_once(
    old: list[tuple[str, str]], new: list[tuple[str, str]]
) -> None:
    def made(rows: list[tuple[str, str]]) -> list[Section]:
        return [Section("p1", 1, SectionKind.PART, None, "题", "")] + [
            Section(f"p1-{n}", 2, SectionKind.HEADING, f"{n}、", heading, text, parent="p1")
            for n, (heading, text) in enumerate(rows, 1)
        ]

    left, right = made(old), made(new)
    pairs = paired(left, right)
    assert len(set(pairs.values())) == len(pairs)
    changes = by_section(left, right, pairs)
    assert [c.new for c in changes if c.new] == right
    assert sorted(c.old.anchor for c in changes if c.old) == sorted(s.anchor for s in left)
    same = [c for c in changes if c.kind == "same" and c.old and c.new]
    assert all(fingerprint(c.old.text) == fingerprint(c.new.text) for c in same if c.old and c.new)
