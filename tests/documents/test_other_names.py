"""People find a document by what they call it, and no document takes a name that is not its own."""

from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command
from django.test import Client

from documents import history, other_names, publishing
from documents.apps import EDITORS
from documents.forms import RecordForm
from documents.models import Document
from documents.other_names import WrongName, cleaned, proposed
from documents.review import correct_record
from search_indexes.finder import find
from search_indexes.query import parse_query
from search_indexes.request import SearchRequest
from search_indexes.results import SearchPage
from search_indexes.suggest import Kind, forget, suggest
from search_indexes.sync import catch_up
from tests.conftest import MakeDocument

pytestmark = pytest.mark.django_db

TITLE = "上海市优质中小企业梯度培育管理实施细则"
NAME = "专精特新办法"


@pytest.fixture
def rules(make_document: MakeDocument) -> Document:
    forget()
    make_document("专精特新企业名单", "专精特新企业办理入库的办法：企业报名。", public_id="list")
    return make_document(
        TITLE,
        [(2, "一、", "总则", "为培育优质中小企业制定。"), (2, "二、", "认定", "自愿申报。")],
        public_id="rules",
    )


def call(document: Document, *names: str) -> None:
    """An editor keeps *names* for the document, and the index hears of it."""
    form = RecordForm({**RecordForm.initial_of(document), "other_names": "\n".join(names)})
    assert form.is_valid(), form.errors
    correct_record(document, form.correction())
    catch_up()


def ask(typed: str) -> SearchPage:
    return find(SearchRequest(parse_query(typed)))


def ids(typed: str) -> list[str]:
    return [hit.id for hit in ask(typed).documents]


@pytest.mark.parametrize("typed", [NAME, f"“{NAME}”", "“精特新办”", f"标题:{NAME}", f"{NAME} 申报"])
def test_a_document_is_found_by_its_other_name_and_says_so(rules: Document, typed: str) -> None:
    assert "rules" not in ids(typed)
    call(rules, NAME, "39 条")
    page = ask(typed)

    assert page.documents[0].id == "rules", "before those that only use the words"
    [name] = page.documents[0].known_as
    assert "".join(piece.text for piece in name) == NAME
    assert any(piece.match for piece in name)
    assert "rules" in ids("“39条”")
    assert "rules" not in ids("“办法39”"), "one name ends before the next begins"
    assert "rules" not in ids(f"“{TITLE[-2:]}专精”")


def test_an_excerpt_never_shows_a_name_that_the_text_lacks(rules: Document) -> None:
    call(rules, NAME)
    for section in ask(NAME).documents[0].sections:
        assert "专精特新" not in "".join(piece.text for piece in section.excerpt)
    assert not ask("培育").documents[0].known_as, "its title says that already"


def test_a_name_is_suggested_by_characters_and_by_sound_while_it_is_published(
    rules: Document,
) -> None:
    call(rules, NAME)
    for typed in ("专精特新办", "zhuanjingtexinban", "zjtxbf"):
        assert (Kind.NAME, NAME) in [(each.kind, each.text) for each in suggest(typed)]
    publishing.withdraw(Document.objects.get(pk=rules.pk))
    catch_up()
    assert NAME not in [each.text for each in suggest("专精特新办")]
    assert "rules" not in ids(NAME)


def test_readers_see_the_names_on_the_page_and_in_the_api(client: Client, rules: Document) -> None:
    assert "又称" not in client.get("/documents/rules/").content.decode()
    call(rules, NAME, "<b>39 条</b>")
    page = client.get("/documents/rules/").content.decode()
    assert "<dt>又称</dt>" in page
    assert NAME in page
    assert "&lt;b&gt;39 条" in page
    metadata = client.get("/api/v1/documents/rules").json()["metadata"]
    assert metadata["other_names"] == [NAME, "<b>39 条</b>"]
    found = client.get("/search/", {"q": NAME}).content.decode()
    assert f"又称 <mark>{NAME}</mark>" in found


def test_a_name_stays_when_other_things_change_and_its_history_is_told(rules: Document) -> None:
    call(rules, NAME)
    rules.refresh_from_db()
    form = RecordForm({**RecordForm.initial_of(rules), "content_type": "实施细则"})
    assert form.is_valid()
    corrected = correct_record(rules, form.correction())
    assert list(map(str, corrected.other_names.all())) == [NAME]
    told = [entry.what for entry in history.latest(rules)]
    assert told == ["改正著录信息", f"改正著录信息，又称改为{NAME}"]
    correct_record(rules, replace(form.correction(), other_names=()))
    assert history.latest(rules)[0].what.endswith("又称改为无")


def test_names_are_kept_once_without_brackets_and_without_the_title() -> None:
    typed = ["《专精特新办法》", " 专精特新 办法 ", "", TITLE, f"《{TITLE}》", "“十四五”规划"]
    assert cleaned(typed, TITLE) == ("专精特新办法", "“十四五”规划")
    for wrong in (["长" * 101], ["！！"], ["a"], [f"名{n}" for n in range(99)]):
        with pytest.raises(WrongName):
            cleaned(wrong)


SHORT = f"根据《{TITLE}》（沪经信规范〔2022〕8号，以下简称《{NAME}》）"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (SHORT, [NAME]),
        (f"《{TITLE}》（以下简称“专精特新细则”）", ["专精特新细则"]),
        (f"《{TITLE}》（以下简称《实施细则》）", []),  # fits any document
        (f"《{TITLE}》和有关规定（以下简称《{NAME}》）", []),  # more than this document
        (f"《中小企业促进法》（以下简称《{NAME}》）", []),  # another document
        (f"《{TITLE}》（以下简称{TITLE}）", []),
    ],
)
def test_only_a_name_that_a_text_gives_to_this_document_is_proposed(
    rules: Document, make_document: MakeDocument, text: str, names: list[str]
) -> None:
    make_document("关于申报的通知", text, public_id="call")
    found = proposed(rules)
    assert [each.name for each in found] == names
    for each in found:
        assert each.basis == "《关于申报的通知》这样称它"
        assert each.url == "/documents/call/#p1"
    call(rules, *names)
    assert proposed(rules) == ()


def test_nothing_is_proposed_where_two_documents_bear_the_title(
    rules: Document, make_document: MakeDocument
) -> None:
    make_document("关于申报的通知", SHORT)
    assert proposed(rules)
    make_document(TITLE, "另一份。")
    assert proposed(rules) == ()


def test_a_withdrawn_text_proposes_nothing(rules: Document, make_document: MakeDocument) -> None:
    other = make_document("关于申报的通知", SHORT)
    publishing.withdraw(other)
    assert proposed(rules) == ()


@pytest.fixture
def desk(client: Client) -> Client:
    user = User.objects.create_user("editor", password="a long enough word")
    user.groups.add(Group.objects.get(name=EDITORS))
    client.force_login(user)
    return client


def test_an_editor_takes_a_proposed_name_over_with_a_tick(
    desk: Client, rules: Document, make_document: MakeDocument
) -> None:
    make_document("关于申报的通知", SHORT)
    page = desk.get("/documents/rules/review/").content.decode()
    assert f"{NAME}（《关于申报的通知》这样称它）" in page
    values = {name: value or "" for name, value in RecordForm.initial_of(rules).items()}
    answer = desk.post(
        "/documents/rules/review/", {**values, "other_names": "39 条", "proposed_names": [NAME]}
    )
    assert answer.status_code == 302
    assert list(map(str, rules.other_names.all())) == ["39 条", NAME]
    refused = desk.post("/documents/rules/review/", {**values, "other_names": "！"})
    assert refused.status_code == 400
    assert "太短" in refused.content.decode()


def load(folder: Path, record: dict[str, Any], **options: Any) -> None:
    file = folder / "records.jsonl"
    file.write_text(json.dumps(record), "utf-8")
    call_command("load", str(file), stdout=StringIO(), stderr=StringIO(), **options)


def test_an_imported_record_brings_its_names_and_keeps_them_when_it_says_nothing(
    tmp_path: Path,
) -> None:
    record = {"id": "A1", "title": TITLE, "text": "自愿申报。"}
    load(tmp_path, {**record, "other_names": ["《专精特新办法》", TITLE]})
    document = Document.objects.get(public_id="A1")
    assert list(map(str, document.other_names.all())) == [NAME]
    load(tmp_path, {**record, "text": "改了。"}, replace=True)
    assert list(map(str, document.other_names.all())) == [NAME]
    for wrong in ("专精特新", [1], ["！"]):
        with pytest.raises(CommandError, match="Line 1"):
            load(tmp_path, {**record, "other_names": wrong}, replace=True)


def test_writing_the_same_names_again_changes_nothing(rules: Document) -> None:
    assert other_names.write(rules, [NAME])
    kept = rules.other_names.get().pk
    assert other_names.write(rules, [NAME]) == ""
    assert rules.other_names.get().pk == kept
