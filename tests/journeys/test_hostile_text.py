"""Text that tries to be more than text stays text in every field that anybody can write."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser
from pytest_django import Settings

from documents import bookmarks, folders
from documents.models import Bookmark, Document, DocumentElement, DocumentFootnote, SourceFile
from search_indexes.sync import catch_up
from tests.conftest import MakeDocument
from tests.journeys.pages import ORIGIN, Pages, in_browser
from tests.promises import Tried

pytestmark = [pytest.mark.journey, pytest.mark.django_db]

PAYLOADS = (Path(__file__).parents[1] / "cases" / "hostile.txt").read_text("utf-8").splitlines()
WATCH = """
window.called = 0;
window.refused = [];
for (const name of ["canary", "alert", "confirm", "prompt"]) {
  window[name] = () => { window.called += 1; };
}
document.addEventListener("securitypolicyviolation", (event) => {
  window.refused.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
});
"""
# What no page of the portal has, whoever wrote its text: handlers, frames, addresses that run.
FOREIGN = """() => {
  const odd = [...document.querySelectorAll("iframe, object, embed, base, math, style, animate")];
  for (const element of document.querySelectorAll("*")) {
    for (const { name, value } of element.attributes) {
      const runs = /^\\s*(javascript|data):/i.test(value) && /href|src|action/.test(name);
      if (runs || /^on/.test(name)) odd.push(element);
    }
  }
  odd.push(...document.querySelectorAll("script:not([src^='/static/'], [src='/admin/jsi18n/'])"));
  const lines = odd.map((element) => element.outerHTML.slice(0, 160));
  if (document.body.innerText.includes("62727093")) lines.push("a template was carried out");
  if (window.called) lines.push(`${window.called} calls`);
  return [...lines, ...window.refused];
}"""


@pytest.fixture(autouse=True)
def _static(settings: Settings) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture
def documents(make_document: MakeDocument) -> list[Document]:
    """A document a payload, with the payload wherever a document has text."""
    made = []
    for number, payload in enumerate(PAYLOADS):
        document = make_document(
            payload,
            [(2, "一、", payload, f"{payload}\n甲\t{payload}"), (2, payload[:40], "", payload)],
            issuers=[payload], ref=(payload[:40], 2025, number + 1), district=payload[:50],
            written=date(2025, 1, 16), themes=[payload[:50]], indexed=False,
        )  # fmt: skip
        for order, kind in enumerate(("letterhead", "recipients", "signature", "imprint")):
            DocumentElement.objects.create(document=document, order=order, kind=kind, text=payload)
        note = DocumentFootnote.objects.create(
            document=document, order=0, mark=payload[:20], text=payload
        )
        for section in document.sections.all():
            note.places.create(section=section, paragraph=1, offset=0)
        SourceFile.objects.create(
            document=document, sha256=f"{number:064}", name=f"{payload}.pdf", format="pdf", size=9,
            text=payload,
        )  # fmt: skip
        made.append(document)
    Document.objects.update(recipients="；".join(PAYLOADS), cc=PAYLOADS[0], disclosure=PAYLOADS[1])
    catch_up()
    return made


@pytest.fixture
def editor() -> User:
    return User.objects.create_superuser("editor", "e@example.org", "a long enough word")


def foreign(pages: Pages) -> list[str]:
    """Whatever the browser found on *pages* that a text must not become, a line each."""

    def task(browser: Browser) -> list[str]:
        context = browser.new_context(base_url=ORIGIN, locale="zh-CN")
        context.add_init_script(WATCH)
        pages.serve(context)
        page = context.new_page()
        found: list[str] = []
        page.on("dialog", lambda dialog: dialog.dismiss())
        for address in pages.answers:
            page.goto(address)
            found += [f"{address}: {line}" for line in page.evaluate(FOREIGN)]
        return found

    return in_browser(task)


def test_the_browser_would_notice(client: Client) -> None:
    """A page that does let text through is caught by every one of the three watches."""
    pages = Pages()
    answer = client.get("/nowhere/")
    hostile = (
        "<main><img src=x onerror=canary()><iframe srcdoc=x></iframe><script>canary()</script>"
    )
    answer.content = f"<!doctype html><body>{hostile}</main>".encode()
    pages.keep("/let-through/", answer)
    found = "\n".join(foreign(pages))

    assert "onerror" in found
    assert "script-src" in found
    del answer.headers["Content-Security-Policy"]
    pages.keep("/let-through/", answer)
    assert "2 calls" in "\n".join(foreign(pages))


def test_documents_and_searches_stay_text(
    client: Client, documents: list[Document], tried: Tried
) -> None:
    pages = Pages()
    for document, payload in zip(documents, PAYLOADS, strict=True):
        pages.fetch(client, [f"{document.get_absolute_url()}?{urlencode({'q': payload})}"])
        asked = dict.fromkeys(("q", "district", "year", "theme", "issuer", "sort"), payload)
        pages.fetch(
            client, [f"/search/?{urlencode(asked)}", f"/search/?{urlencode({'q': payload})}"]
        )
    one = documents[0]
    at, file = one.get_absolute_url(), one.files.get().pk
    pages.fetch(client, [
        "/", "/search/", f"{at}cite/p1/", f"{at}cite/p1-t2/", f"{at}?original=1",
        f"{at}files/{file}/", f"/search/?{urlencode({'q': '甲'})}",
        f"{at}go/?{urlencode({'to': PAYLOADS[10]})}", f"{at}go/?to=一",
        f"/compare/?a={one.slug}:p1", f"/compare/?a={one.slug}:p1&b={documents[11].slug}:p1",
        bookmarks.fingerprint_link(one.sections.get(anchor="p1")),
    ])  # fmt: skip
    tried(len(PAYLOADS), "hostile texts")
    tried(len(pages.answers), "pages looked at for them")

    assert not foreign(pages)


def test_what_readers_and_editors_write_stays_text(
    client: Client, documents: list[Document], editor: User, tried: Tried
) -> None:
    pages = Pages()
    client.force_login(editor)
    editor.username = PAYLOADS[10][:150]
    editor.save()
    folder = folders.create(editor, PAYLOADS[12][:60])
    for document, payload in zip(documents, PAYLOADS, strict=True):
        pk = bookmarks.add(editor, document, "p1").pk
        written = {"note": payload, "tags": payload.replace(" ", "")[:30], "folders": folder.pk}
        sent = {f"{pk}-{name}": value for name, value in written.items()}
        assert client.post(f"/bookmarks/{pk}/edit/", sent).status_code == 302
        client.post("/following/add/", {"kind": "search", "value": f"?{urlencode({'q': payload})}"})
        client.post("/following/add/", {"kind": "issuer", "value": payload})
        document.sections.filter(anchor="p1").update(text=f"改{payload}", fingerprint="f" * 64)
    Document.objects.update(version_hash="e" * 64)
    folders.share(folder, notes=True)
    first = documents[0]
    review = f"{first.get_absolute_url()}review/"
    pages.fetch(client, [
        "/bookmarks/", "/bookmarks/?page=2", folder.get_absolute_url(),
        f"/shared/{folder.share_token}/", "/following/", "/desk/missing/", "/upload/",
        *(f"{document.get_absolute_url()}review/" for document in documents[::4]), f"{review}p1/",
        "/admin/documents/document/", f"/admin/documents/document/{first.pk}/change/",
        f"/admin/documents/document/{first.pk}/history/", "/admin/documents/section/",
        *(f"/bookmarks/?{urlencode({'q': p, 'tag': p})}" for p in PAYLOADS[::5]),
    ])  # fmt: skip
    pages.keep(
        "/refused/", client.post(review, {"title": PAYLOADS[12], "written_date": PAYLOADS[13]})
    )
    tried(len(PAYLOADS), "hostile texts")
    tried(len(pages.answers), "pages looked at for them")

    assert not foreign(pages)


def test_feeds_are_strict_xml_and_tables_hold_no_formula(
    client: Client, documents: list[Document], editor: User
) -> None:
    addresses = ["/feeds/", "/opensearch.xml", "/sitemap.xml"]
    addresses += [f"/feeds/search/?{urlencode({'q': payload})}" for payload in PAYLOADS]
    addresses += [f"/feeds/documents/{document.slug}/" for document in documents]
    for address in addresses:
        root: Any = ET.fromstring(client.get(address).content)  # noqa: S314 - our own answer
        assert not [e for e in root.iter() if e.tag.rpartition("}")[2] in {"script", "img", "svg"}]

    client.force_login(editor)
    for start in "=+-@\t\r":
        documents[0].sections.filter(anchor="p1").update(heading=f"{start}1+1", text=f"{start}1")
        pk = bookmarks.add(editor, documents[0], "p1").pk
        bookmarks.annotate(Bookmark.objects.get(pk=pk), f"{start}SUM(1)")
        table = client.get("/bookmarks/export/csv/").content.decode("utf-8-sig")
        cells = [cell for row in csv.reader(io.StringIO(table)) for cell in row]
        assert not [cell for cell in cells if cell[:1] in set("=+-@\t\r")]
        bookmarks.remove(Bookmark.objects.get(pk=pk))
