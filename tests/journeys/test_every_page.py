"""Every template in a real browser, light and dark, wide and narrow: nobody is shut out."""

from __future__ import annotations

import errno
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.contrib.auth.models import Group, User
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page
from pytest_django import Settings

from documents import bookmarks, folders, versions
from documents.apps import EDITORS
from documents.file_reading import with_full_names
from documents.intake import take_in
from documents.models import Batch, Document, DocumentFootnote, Job, SourceFile
from documents.publishing import publish, withdraw
from documents.register import Register
from documents.text import read_text
from documents.work import work_once
from portal.alerts import CONFIRM_SALT, stop_token
from portal.limits import locked_out, too_many
from portal.models import AlertAddress, Follow, Rate
from portal.views.errors import server_error
from portal.views.styleguide import styleguide
from search_indexes.models import Recommendation
from search_indexes.query_sets import SearchUnavailable
from tests.conftest import MakeDocument
from tests.documents.samples import NOTICE
from tests.journeys.contact_sheet import photograph
from tests.journeys.pages import ORIGIN, Pages, in_browser, page_templates
from tests.promises import Tried
from tests.reliability.markup import faults

pytestmark = [pytest.mark.journey, pytest.mark.django_db]

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOUR = ["color-contrast", "link-in-text-block"]
"""The rules whose answer the colour scheme can change."""
NARROW = 320
"""Pixels: what is left of 1,280 at 400 % (WCAG 2.2, 1.4.10)."""
REVISED = NOTICE.replace("入库的科技型中小企业", "入库的科技型中小企业和专精特新企业").replace(
    "（二）创新券由区科委统一发放，用于购买检验检测服务。\n\n", ""
)


@pytest.fixture(scope="session")
def axe() -> str:
    """The text of axe-core (MPL-2.0), which the development tools bring along."""
    found = find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        pytest.skip("axe-core is not installed; pip install -r requirements-dev.txt brings it.")
    return (Path(found.origin).parent / "axe.min.js").read_text("utf-8")


@pytest.fixture(autouse=True)
def _folders(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture
def documents(make_document: MakeDocument, tmp_path: Path) -> dict[str, Document]:
    """One document a state, and two that are like each other."""
    made = {}
    for number, name in enumerate(("published", "draft", "withdrawn"), start=7):
        file = tmp_path / f"{name}.txt"
        file.write_text(NOTICE.replace("7号", f"{number}号"), "utf-8")
        made[name] = take_in(file, file.name)
    publish(made["published"])
    withdraw(publish(made["withdrawn"]))
    sections = [
        (2, "一、", "培育企业", "培育高新技术企业，见《松江区科技创新券管理办法》。\n第二段。"),
        (3, "（一）", "补贴", "规模\t标准\n小型\t五万元"),
        (2, "二、", "附则", ""),
    ]
    for name, district, year in (("one", "青浦区", 2025), ("other", "嘉定区", 2024)):
        made[name] = make_document(
            f"{district}科技工作要点", sections, issuers=["区科委"], district=district,
            ref=("青科委", year, 1), written=date(year, 1, 16), themes=["高新技术企业"],
        )  # fmt: skip
        made[name].sections.filter(anchor="p2").update(page=2)
    note = DocumentFootnote.objects.create(
        document=made["one"], order=0, mark="1", text="截至年底。"
    )
    for section in made["one"].sections.exclude(anchor="p0"):
        for paragraph in range(len(section.text.split("\n")) + 1 if section.text else 1):
            note.places.create(section=section, paragraph=paragraph, offset=2)
    made["one"].former_anchors.create(anchor="p9", now_at="p1", fingerprint="f" * 64)
    SourceFile.objects.create(
        document=made["one"], sha256="a" * 64, name="要点.pdf", format="pdf", size=9, text="一\f二"
    )
    Recommendation.objects.create(queries="高新技术企业").places.create(document=made["one"])
    return made


@pytest.fixture
def editor() -> User:
    user = User.objects.create_user("editor", "e@example.org", "a long enough word", is_staff=True)
    user.groups.add(Group.objects.get(name=EDITORS))
    return user


def upload(number: int) -> SimpleUploadedFile:
    """A notice under this number; 0 is a file that cannot be read."""
    if not number:
        return SimpleUploadedFile("坏.pdf", b"no pdf")
    return SimpleUploadedFile(f"{number}.txt", NOTICE.replace("7号", f"{number}号").encode())


def seen_by_all(one: Document, documents: dict[str, Document]) -> list[str]:
    """Addresses that need no account."""
    at = one.get_absolute_url()
    file = one.files.get().pk
    return [
        "/",
        "/search/?q=高新技术企业",
        "/search/?q=高新技术企业&district=青浦区&year=2025&sort=newest",
        "/search/?q=鑫淼",
        "/search/?q=((((",
        "/search/feedback/?q=科技&useful=no",
        "/search/help/",
        "/search/advanced/",
        at,
        f"{at}?q=高新技术企业&hit=1",
        f"{at}?original=2",
        f"{at}cite/p1/",
        f"{at}report/?at=p1",
        f"{at}similar/",
        f"{at}go/?to=九九",
        f"{at}go/?to=一",
        f"{at}files/{file}/",
        documents["published"].get_absolute_url(),
        documents["withdrawn"].get_absolute_url(),
        f"/compare/?a={one.slug}:p1",
        f"/compare/?a={one.slug}:p1&b={documents['other'].slug}:p1",
        "/compare/?a=nothing",
        bookmarks.fingerprint_link(one.sections.get(anchor="p1")),
        f"/verify/?d={one.slug}&a=p1&f={'0' * 12}",
        "/verify/?f=x",
        "/nowhere/",
        "/bookmarks/",
        "/accounts/login/",
        "/accounts/signup/",
    ]


def disk_full() -> HttpResponse:
    """What a reader is told when nothing more can be kept."""
    try:
        raise OSError(errno.ENOSPC, "full")
    except OSError:
        return server_error(RequestFactory().post("/upload/"))


def for_visitors(documents: dict[str, Document]) -> Pages:
    """What people without an account may see."""
    pages, client, one = Pages(), Client(), documents["one"]
    client.post(f"{one.get_absolute_url()}bookmarks/", {"anchor": "p1"})
    pages.fetch(client, seen_by_all(one, documents))
    pages.keep("/login-refused/", client.post("/accounts/login/", {"username": "x"}))
    pages.keep("/signup-refused/", client.post("/accounts/signup/", {"username": "编 辑"}))
    pages.keep("/report-refused/", client.post(f"{one.get_absolute_url()}report/", {"kind": "x"}))
    strict = Client(enforce_csrf_checks=True)
    pages.keep("/form-too-old/", strict.post("/accounts/login/", {}))
    with mock.patch("portal.views.search.find", side_effect=SearchUnavailable("x")):
        pages.keep("/search-down/", client.get("/search/?q=科技"))
    pages.keep("/too-many/", too_many(RequestFactory().get("/search/"), 60))
    pages.keep("/locked-out/", locked_out(RequestFactory().get("/accounts/login/")))
    pages.keep("/disk-full/", disk_full())
    pages.templates |= {"errors/busy.html", "errors/storage.html"}
    for name in ("400.html", "500.html"):
        answer = client.get("/nowhere/")
        answer.content = render_to_string(name).encode()
        pages.keep(f"/{name}", answer)
        pages.templates.add(name)
    pages.keep("/styleguide/", styleguide(RequestFactory().get("/styleguide/")))
    pages.templates.add("styleguide.html")
    return pages


def for_editors(documents: dict[str, Document], editor: User, client: Client) -> Pages:
    """What somebody sees who may do everything, with something in every list."""
    pages, one = Pages(), documents["one"]
    client.force_login(editor)
    at = one.get_absolute_url()
    marks = [bookmarks.add(editor, one, anchor).pk for anchor in ("p1", "p2", "p3")]
    folder = folders.create(editor, "年度报告")
    for pk in marks:
        shown = {f"{pk}-note": "引用", f"{pk}-tags": "口径", f"{pk}-folders": folder.pk}
        client.post(f"/bookmarks/{pk}/edit/", shown)
    folders.share(folder, notes=True)
    one.sections.filter(anchor="p1").update(text="培育了高新技术企业。", fingerprint="f" * 64)
    Document.objects.filter(pk=one.pk).update(version_hash="e" * 64)
    followed = client.post("/following/add/", {"kind": "document", "value": one.pk})
    assert followed.status_code == 302
    AlertAddress.objects.create(user=editor, email="e@example.org", confirmed_at=timezone.now())
    Follow.objects.update(rate=Rate.DAILY)
    reading = with_full_names(read_text(REVISED))
    original = SourceFile(sha256="f" * 64, name="修订.txt", format="txt", size=9, text=REVISED)
    issuers = Register().issuers(reading.record.issuers)
    versions.propose(documents["published"], reading, issuers, original, None)
    batch = client.post("/upload/", {"file": [upload(1), upload(2), upload(0)]})["Location"]
    job = client.post("/upload/", {"file": upload(3)})["Location"]
    # With it on axe objects to the refresh itself, which WCAG 2.2.1 allows where it can be stopped.
    pages.fetch(client, [f"{batch}?refresh=off", f"{job}?refresh=off"])
    while work_once("w"):
        pass
    token = signing.dumps([editor.pk, editor.email], salt=CONFIRM_SALT)
    draft, published = documents["draft"], documents["published"]
    anchor = draft.sections.exclude(text="").values_list("anchor", flat=True)[0]
    pages.fetch(client, [
        "/", at, f"{at}?q=高新技术企业", f"{at}cite/p3/", "/search/?q=高新技术企业",
        "/bookmarks/", folder.get_absolute_url(), f"/shared/{folder.share_token}/",
        "/bookmarks/import/", "/bookmarks/?q=鑫淼", "/following/", "/upload/", batch, job,
        draft.get_absolute_url(), f"{draft.get_absolute_url()}review/",
        f"{draft.get_absolute_url()}review/{anchor}/", f"{at}review/", "/desk/missing/",
        f"{published.get_absolute_url()}versions/proposed/", "/accounts/password/",
        reverse("alert-confirm", args=[token]),
        reverse("alert-stop", args=[stop_token(editor.pk)]),
    ])  # fmt: skip
    versions.accept(published.proposal)
    new = published.get_absolute_url()
    pages.fetch(client, [
        new, f"{new}versions/1/", f"{new}versions/1/changes/", f"{new}on/?date=2020-02-29",
        f"{new}on/?date=昨天",
    ])  # fmt: skip
    pages.keep("/upload-refused/", client.post("/upload/", {}))
    pages.keep(
        "/note-refused/",
        client.post(f"/bookmarks/{marks[0]}/edit/", {f"{marks[0]}-note": "长" * 3000}),
    )
    pages.keep("/password-refused/", client.post("/accounts/password/", {"old_password": "x"}))
    reader = Client()
    reader.force_login(User.objects.create_user("reader"))
    pages.keep("/forbidden/", reader.get("/upload/"))
    return pages


def for_administrators(documents: dict[str, Document]) -> Pages:
    """Django's own pages, as whoever keeps the portal sees them."""
    pages, client = Pages(), Client()
    client.force_login(User.objects.create_superuser("root"))
    lists = ["document", "section", "sourcefile", "issuer", "theme", "bookmark", "job", "batch"]
    pages.fetch(client, ["/admin/", *(f"/admin/documents/{each}/" for each in lists)])
    pages.fetch(client, [
        "/admin/portal/report/", "/admin/search_indexes/searchcount/",
        "/admin/search_indexes/synonymgroup/",
        "/admin/search_indexes/searchfeedback/", "/admin/search_indexes/recommendation/add/",
        *(f"/admin/documents/job/{each.pk}/change/" for each in Job.objects.all()[:2]),
        *(f"/admin/documents/batch/{each.pk}/change/" for each in Batch.objects.all()),
        f"/admin/documents/document/{documents['one'].pk}/change/",
    ])  # fmt: skip
    return pages


def real(index: Path) -> Pages:
    """The first pages of the seed documents: long titles, long paragraphs, real outlines."""
    call_command("load_seeds", verbosity=0)
    call_command("reindex", verbosity=0)
    pages = Pages()
    asked = ["/", "/search/?q=科技", "/search/?q=高新技术企业&district=青浦区&year=2025"]
    for document in Document.objects.filter(
        ref_no__in=["青科委〔2025〕1号", "青府办发〔2021〕63号"]
    ):
        at = document.get_absolute_url()
        asked += [at, f"{at}?q=科技&hit=2", f"{at}cite/{document.sections.all()[3].anchor}/"]
    pages.fetch(Client(), asked)
    return pages


def complaints(page: Page, rules: list[str] | None = None) -> list[str]:
    """What axe finds on the page as it stands, one line a place."""
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": LEVELS}
    found: list[dict[str, Any]] = page.evaluate(
        "only => axe.run(document, { runOnly: only, resultTypes: ['violations'] })"
        ".then(found => found.violations)",
        only,
    )
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]


def look(page: Page, axe: str, address: str) -> list[str]:
    """Every complaint about one page: all rules by day, what darkness and a phone can change."""
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light")
    page.goto(address)
    page.evaluate(axe)
    found = [f"wide, light: {each}" for each in complaints(page)]
    page.emulate_media(color_scheme="dark")
    found += [f"wide, dark: {each}" for each in complaints(page, COLOUR)]
    page.set_viewport_size({"width": NARROW, "height": 640})
    found += [f"narrow, dark: {each}" for each in complaints(page, COLOUR)]
    page.emulate_media(color_scheme="light")
    found += [f"narrow, light: {each}" for each in complaints(page)]
    wide = page.evaluate("document.documentElement.scrollWidth")
    if wide > NARROW:
        found.append(f"{wide} px wide at {NARROW}")
    return [f"{address} {each}" for each in found]


def look_at_all(pages: Pages, axe: str) -> list[str]:
    def task(browser: Browser) -> list[str]:
        # The policy of the pages would keep axe out.
        context = browser.new_context(base_url=ORIGIN, bypass_csp=True, locale="zh-CN")
        pages.serve(context)
        page = context.new_page()
        return [each for address in pages.answers for each in look(page, axe, address)]

    return in_browser(task)


def test_every_page_is_looked_at_and_keeps_the_html_standard(
    documents: dict[str, Document], editor: User, client: Client
) -> None:
    visitors, editors = for_visitors(documents), for_editors(documents, editor, client)

    assert page_templates() - visitors.templates - editors.templates == set()
    broken = [
        f"{address} {fault}"
        for address, answer in [*visitors.answers.items(), *editors.answers.items()]
        if "html" in answer.headers["Content-Type"]
        for fault in faults(answer.body.decode())
    ]
    assert not broken, "\n".join(broken)


def test_axe_finds_nothing_for_visitors(
    documents: dict[str, Document], axe: str, tried: Tried
) -> None:
    pages = for_visitors(documents)
    found = look_at_all(pages, axe)
    tried(len(pages.answers), "pages looked at by axe")

    assert not found, "\n".join(found)


def test_axe_finds_nothing_for_editors(
    documents: dict[str, Document], editor: User, client: Client, axe: str, tried: Tried
) -> None:
    pages = for_editors(documents, editor, client)
    found = look_at_all(pages, axe)
    tried(len(pages.answers), "pages looked at by axe")

    assert not found, "\n".join(found)


@pytest.mark.nightly
def test_no_page_is_wider_than_its_screen_in_any_light(
    documents: dict[str, Document], editor: User, client: Client, index: Path
) -> None:
    """Every page in every look; `test-results/screenshots/every-*` is for a person to look at."""
    everywhere = {
        "every-visitor": for_visitors(documents),
        "every-editor": for_editors(documents, editor, client),
        "every-administrator": for_administrators(documents),
        "every-seed": real(index),
    }
    found = [each for name, pages in everywhere.items() for each in photograph(pages, name)]

    assert not found, "\n".join(found)
