"""Terms that the index does not know yet are said to editors, to the doctor and to monitors."""

from __future__ import annotations

import re

from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from documents.apps import EDITORS
from portal.upkeep.doctor import examine
from search_indexes.models import PolicyTerm
from search_indexes.rebuild import rebuild
from tests.conftest import MakeDocument

WORD = "企业港湾"


def test_editors_doctor_and_monitors_are_told_what_waits(
    make_document: MakeDocument, client: Client
) -> None:
    make_document()
    editor = User.objects.create_user("editor", is_staff=True)
    editor.groups.add(Group.objects.get(name=EDITORS))
    client.force_login(editor)
    assert client.get("/readyz").json()["terms"] == "ok"

    page = reverse("admin:search_indexes_policyterm_add")
    refused = client.post(page, {"word": "高 企", "kind": "term", "active": "on"})
    assert "词语中间不能有空格" in refused.content.decode()
    added = client.post(page, {"word": WORD, "kind": "body", "active": "on"}, follow=True)
    assert f"新增 1 个（{WORD}）" in added.content.decode()

    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert "manage.py reindex" in ready.json()["terms"]
    (finding,) = [each for each in examine() if each.code == "terms-waiting"]
    assert WORD in finding.message
    assert finding.mend is not None
    finding.mend()
    assert client.get("/readyz").json()["terms"] == "ok"
    listed = client.get(reverse("admin:search_indexes_policyterm_changelist"), {"q": WORD})
    assert WORD in listed.content.decode()
    assert "manage.py reindex" not in listed.content.decode()


def test_a_documents_own_page_marks_the_words_the_index_was_cut_into(
    make_document: MakeDocument, client: Client
) -> None:
    make_document("甲", "凭企业港湾办理。", public_id="whole")
    make_document("乙", "企业在港湾集中。", public_id="apart")

    def marked(name: str) -> list[str]:
        page = client.get(f"/documents/{name}/", {"q": WORD}).content.decode()
        return [re.sub("<[^>]+>", "", each) for each in re.findall("<mark.*?</mark>", page, re.S)]

    assert marked("whole") == [WORD]
    assert marked("apart") == ["企业", "港湾"], "its pieces, which the index has as words"
    PolicyTerm.objects.create(word=WORD)
    assert marked("apart"), "the index is cut as before"
    rebuild()
    assert marked("whole") == [WORD]
    assert marked("apart") == [], "found by nothing, marked nowhere"
