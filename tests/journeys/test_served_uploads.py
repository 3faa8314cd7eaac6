"""Whatever was uploaded, opening it in a browser runs nothing (T20)."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest
from playwright.sync_api import Dialog, Error, Page

from tests.journeys.conftest import Portal, manage
from tests.promises import Tried

pytestmark = pytest.mark.journey

CANARY = "/canary"
SCRIPT = f"fetch('{CANARY}');document.title='ran';alert(1)"
HTML = f'<!doctype html><script>{SCRIPT}</script><img src={CANARY} onerror="{SCRIPT}"><p>text'
SVG = f'<svg xmlns="http://www.w3.org/2000/svg" onload="{SCRIPT}"><script>{SCRIPT}</script></svg>'
XSLT = (
    '<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="data:text/xml,'
    f'<x:stylesheet xmlns:x=%22http://www.w3.org/1999/XSL/Transform%22/>"?><a>{SVG}</a>'
)
PDF_SCRIPT = (
    "%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS("
    f"app.launchURL\\('{CANARY}'\\);app.alert\\(1\\))>>>>endobj\n"
    "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>"
)

FILES: dict[str, tuple[str, str]] = {
    # how reading called it, and what it holds
    "text of HTML.txt": ("txt", HTML),
    "text of SVG.txt": ("txt", SVG),
    "page.html": ("html", HTML),
    "page.xhtml": ("html", f'<html xmlns="http://www.w3.org/1999/xhtml">{SVG}</html>'),
    "picture.svg": ("html", SVG),
    "sheet.xml": ("html", XSLT),
    "script.pdf": ("pdf", PDF_SCRIPT),
    "no pdf.pdf": ("pdf", HTML),
    "both.pdf": ("pdf", f"%PDF-1.7\n{HTML}\n{PDF_SCRIPT}"),
    "both.gif": ("txt", f"GIF89a/*{'x' * 20}*/=1;{SCRIPT}//{HTML}"),
    "notes.md": ("md", HTML),
    "letter.docx": ("docx", HTML),
    "letter.ofd": ("ofd", HTML),
    "record.json": ("json", json.dumps({"text": HTML})),
    "mail.mhtml": ("html", f"MIME-Version: 1.0\nContent-Type: text/html\n\n{HTML}"),
    "app.js": ("txt", SCRIPT),
}
INLINE = {"txt", "pdf"}


@dataclass(frozen=True, slots=True)
class Served:
    """Where an original lies on the portal, and what was uploaded."""

    address: str
    name: str
    kind: str


@pytest.fixture
def served(portal: Portal) -> list[Served]:
    """Each file as the original of a published document."""
    code = (
        "import json, sys\n"
        "from documents import storage\n"
        "from documents.models import Document, SourceFile\n"
        "from django.urls import reverse\n"
        f"files = json.loads({json.dumps(json.dumps(FILES))})\n"  # names keep equal contents apart
        "document = Document.objects.published().first()\n"
        "made = {}\n"
        "for name, (kind, content) in files.items():\n"
        "    kept = storage.keep([content.encode(), name.encode()])\n"
        "    row, _ = SourceFile.objects.get_or_create(document=document, sha256=kept.sha256,\n"
        "        defaults={'name': name, 'format': kind, 'size': kept.size})\n"
        "    made[name] = reverse('document-file', args=[document.slug, row.pk])\n"
        "print(json.dumps(made))\n"
    )
    said = manage(portal.data, "shell", "--no-imports", "-c", code)
    made = json.loads(said.strip().splitlines()[-1])
    return [Served(made[name], name, kind) for name, (kind, _) in FILES.items()]


@pytest.fixture
def _put_away(portal: Portal) -> object:
    """The portal is shared with other journeys: its documents get their own originals back."""
    yield
    names = json.dumps(list(FILES))
    rows = f"SourceFile.objects.filter(name__in={names})"
    code = f"from documents.models import SourceFile; {rows}.delete()"
    manage(portal.data, "shell", "--no-imports", "-c", code)


def open_original(page: Page, file: Served) -> None:
    """Asks for *file* as a browser does and holds the answer's headers against what it may do."""
    answer = page.request.get(file.address)
    headers = answer.headers
    assert answer.status == 200, file.name
    assert headers["x-content-type-options"] == "nosniff", file.name
    assert headers["content-security-policy"].startswith("default-src 'none'"), file.name
    opens = headers["content-disposition"].split(";")[0]
    assert opens == ("inline" if file.kind in INLINE else "attachment"), file.name
    if file.kind != "pdf":
        assert "sandbox" in headers["content-security-policy"], file.name
    plain = {"txt": "text/plain", "pdf": "application/pdf"}.get(
        file.kind, "application/octet-stream"
    )
    assert headers["content-type"].split(";")[0] == plain, file.name
    try:
        page.goto(file.address, wait_until="load")
    except Error as error:  # a download is no page
        assert "Download is starting" in str(error) or "ERR_ABORTED" in str(error), file.name
    else:
        assert page.title() != "ran", file.name


@pytest.mark.usefixtures("_put_away")
def test_no_upload_runs_a_script_in_the_browser(
    page: Page, portal: Portal, served: list[Served], tried: Tried
) -> None:
    fetched: list[str] = []
    dialogs: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))

    def note(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", note)
    for file in (each for each in served if each.kind != "pdf"):
        open_original(page, file)
    page.goto("/")
    assert not dialogs

    # A PDF's own script runs, if at all, inside the browser's PDF viewer: it may show a box
    # there, which goes with the viewer, but fetches nothing and reaches no page.
    page.remove_listener("dialog", note)
    for file in (each for each in served if each.kind == "pdf"):
        open_original(page, file)
    page.goto("/")
    tried(len(served), "kinds of files opened in a browser")
    assert not [url for url in fetched if CANARY in url]


def test_the_canary_would_have_been_heard(page: Page) -> None:
    """The same script on a page that may run it is noticed, or the test above proves nothing."""
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    page.route("**/hostile", lambda route: route.fulfill(body=HTML, content_type="text/html"))
    page.goto("/hostile", wait_until="load")

    assert [url for url in fetched if CANARY in url]
    assert page.title() == "ran"
