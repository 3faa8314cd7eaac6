"""From the first page on, every link, anchor, form and feed of a portal leads somewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import Client
from lxml import etree, html
from pytest_django import Settings

from tests.promises import Tried
from tests.reliability.markup import faults

HERE = "http://testserver"
MOST = 1000
"""Pages; more would mean that something links to itself without end."""
COMBINED = {
    "/search/?": 20,
    "/feeds/search/?": 5,
    "/compare/": 5,
    "/documents/*/cite/": 40,
    "/documents/*/report/": 10,
}
"""Addresses that combine what others have, without end: so many of each are followed."""


@dataclass(slots=True)
class Crawl:
    """What was met: statuses, links to pages that failed, anchors that are not there."""

    client: Client
    statuses: Counter[int] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    forms: int = 0
    anchors: dict[str, set[str]] = field(default_factory=dict)
    wanted: list[tuple[str, str, str]] = field(default_factory=list)
    combined: Counter[str] = field(default_factory=Counter)

    def run(self, start: list[str]) -> None:
        """Follows every link within the portal, each page once."""
        waiting, seen = list(start), set(start)
        while waiting and len(self.anchors) < MOST:
            for link in self._visit(waiting.pop(0)):
                if link not in seen:
                    seen.add(link)
                    waiting.append(link)
        assert not waiting, "the portal has more pages than this test expects"
        self.broken += [
            f"{page} → {target}#{anchor}"
            for page, target, anchor in self.wanted
            if target in self.anchors and anchor not in self.anchors[target]
        ]

    def _visit(self, page: str) -> Iterator[str]:
        answer = self.client.get(page)
        self.statuses[answer.status_code] += 1
        kind = answer.get("Content-Type", "").split(";")[0]
        content = b"".join(answer) if answer.streaming else answer.content
        if answer.status_code in (301, 302):
            yield from self._link(page, answer["Location"])
        elif answer.status_code != 200:
            self.broken.append(f"{answer.status_code} {page}")
        elif kind == "text/html":
            self.broken += [f"{page}: {fault}" for fault in faults(content.decode())]
            yield from self._read(page, html.document_fromstring(content.decode()))
        elif kind.endswith("xml"):
            root = etree.fromstring(content)  # strict: anything not well formed fails here
            for place in root.iter("{*}link", "{*}loc"):
                yield from self._link(page, place.get("href") or place.text or "")

    def _read(self, page: str, tree: html.HtmlElement) -> Iterator[str]:
        names = Counter(tree.xpath("//@id"))
        doubled = [name for name, count in names.items() if count > 1]
        self.broken += [f"{page} has {name} twice" for name in doubled]
        self.anchors[page] = set(names)
        for control in tree.xpath("//label[@for]/@for"):
            if control not in names:
                self.broken.append(f"{page}: a label for {control}, which is not there")
        for form in tree.forms:
            self.forms += 1
            if (form.get("method") or "get").lower() == "get":
                if not form.xpath(".//*[@required]"):  # a browser sends those as they are
                    # An anchor behind the action stands in the answer to what is typed.
                    yield from self._link(page, urldefrag(form.get("action") or page)[0])
            elif not form.xpath(".//input[@name='csrfmiddlewaretoken']"):
                self.broken.append(f"{page}: a form without a token")
        for source in tree.xpath("//@src | //link/@href"):
            if source.startswith("/static/"):
                if not finders.find(unquote(urlsplit(source).path).removeprefix("/static/")):
                    self.broken.append(f"{page} → {source}")
            else:
                yield from self._link(page, source)
        for link in tree.xpath("//a/@href"):
            yield from self._link(page, link)

    def _link(self, page: str, link: str) -> Iterator[str]:
        target, anchor = urldefrag(urljoin(HERE + page, link))
        if not target.startswith(f"{HERE}/"):
            return
        place = target.removeprefix(HERE)
        if anchor and not anchor.startswith(":~:"):
            self.wanted.append((page, place, unquote(anchor)))
        kind = next((k for k in COMBINED if fnmatch(place, f"{k.replace('?', '[?]')}*")), None)
        if kind:
            self.combined[kind] += 1
        if kind is None or self.combined[kind] <= COMBINED[kind]:
            yield place


@pytest.fixture(autouse=True)
def _plain_names(settings: Settings) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture
def seeded(db: None, index: Path, settings: Settings, tmp_path: Path) -> Client:
    """The portal as a visitor finds it after `make run`."""
    settings.MEDIA_ROOT = tmp_path / "media"
    call_command("load_seeds", verbosity=0)
    call_command("reindex", verbosity=0)
    return Client()


def test_every_link_anchor_form_and_feed_leads_somewhere(seeded: Client, tried: Tried) -> None:
    crawl = Crawl(seeded)
    crawl.run(["/", "/sitemap.xml", "/robots.txt", "/opensearch.xml", "/feeds/", "/api/v1/"])
    tried(sum(crawl.statuses.values()), "pages")
    tried(crawl.forms, "forms")
    tried(len(crawl.wanted), "links with anchors")

    assert sum(page.startswith("/documents/") for page in crawl.anchors) >= 5
    assert len(crawl.wanted) > 100
    assert crawl.forms > 10
    assert not crawl.broken, "\n".join(sorted(set(crawl.broken))[:20])


@pytest.mark.django_db
def test_the_crawl_notices_what_is_broken(client: Client) -> None:
    """A page with a dead link, a dead anchor and a name given twice is not passed over."""
    crawl = Crawl(client)
    page = '<a href="/no/">x</a><a href="#none">y</a><i id="a"></i><b id="a"></b>'
    found = set(crawl._read("/planted/", html.document_fromstring(page)))
    crawl.run(sorted(found - {"/planted/"}))

    assert set(crawl.broken) == {
        "404 /no/",
        "/planted/ has a twice",
        "/planted/ → /planted/#none",
    }
