"""Random work on a portal beside a model of it: database, index, feeds and sitemap must agree.

Run as a program of its own with PORTAL_DATA set: `python -m tests.reliability.agreement EXAMPLES
STEPS SEED`. An example is a portal of its own to which STEPS things happen. Prints one JSON object
with what happened how often; a disagreement ends it with hypothesis' shortest way there.
"""

from __future__ import annotations

import errno
import json
import random
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402 - after Django
from django.core.management import call_command  # noqa: E402
from django.db import connection, connections  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402
from hypothesis import HealthCheck, Phase, seed  # noqa: E402
from hypothesis import settings as bounds  # noqa: E402
from hypothesis import strategies as st  # noqa: E402
from hypothesis.stateful import (  # noqa: E402
    RuleBasedStateMachine,
    rule,
    run_state_machine_as_test,
)
from lxml import etree  # noqa: E402

from documents import originals, publishing, review  # noqa: E402
from documents.models import Document  # noqa: E402
from portal.upkeep.backup import backup  # noqa: E402
from search_indexes.engine import snapshot  # noqa: E402
from search_indexes.engine.errors import IndexUnusable  # noqa: E402
from search_indexes.finder import find  # noqa: E402
from search_indexes.query import parse_query  # noqa: E402
from search_indexes.rebuild import backend_and_index, difference, rebuild  # noqa: E402
from search_indexes.request import SearchRequest  # noqa: E402
from search_indexes.sync import catch_up, pending_documents  # noqa: E402
from tests.reliability.agreement_steps import (  # noqa: E402
    BACKUP,
    ByStatus,
    Known,
    Model,
    Step,
    draft,
    edit,
    in_child,
    put_back,
    rename,
    revise,
    state,
)
from tests.search_indexes.test_faults import failing  # noqa: E402

WORDS = ("集成电路", "生物医药", "人工智能", "低空经济", "绿色金融", "数字贸易")
MOST = 8
"""Documents at a time."""
EVENTS, OPERATIONS = 60, 20
"""A killed child dies before one of its first so many statements and operations on files; a full
disk is met at one of the first so many operations."""
NUMBERS = st.integers(0, 2**32 - 1)
"""Each step is drawn by such a number; hypothesis' own choices would be mostly the first one."""

PRISTINE = settings.PORTAL_DATA / "pristine.sqlite3"
INDEX = Path(str(settings.HAYSTACK_CONNECTIONS["default"]["PATH"]))
happened: Counter[str] = Counter()


class Portal(RuleBasedStateMachine):
    """A portal to which things happen, and what it must say afterwards."""

    def __init__(self) -> None:
        super().__init__()
        connections.close_all()
        snapshot.forget(INDEX)
        for folder in (INDEX, Path(settings.MEDIA_ROOT)):
            shutil.rmtree(folder, ignore_errors=True)
        database = Path(str(settings.DATABASES["default"]["NAME"]))
        for tail in ("-wal", "-shm"):
            database.with_name(database.name + tail).unlink(missing_ok=True)
        shutil.copy(PRISTINE, database)
        rebuild()
        self.model: Model = {}
        self.saved: Model = {}
        BACKUP.unlink(missing_ok=True)
        backup(BACKUP)
        self.kept = BACKUP.stat().st_ino
        self.made = 0
        self.chance = random.Random(0)
        self.steps = 0
        self.contents: dict[tuple[str, str], Known] = {}
        happened["examples"] += 1

    # What happens.

    @rule(number=NUMBERS)
    def work(self, number: int) -> None:
        """Something ordinary."""
        step = self._some(number)
        step.do()
        self._after(step.name, step.then)

    @rule(number=NUMBERS)
    def disk_fails(self, number: int) -> None:
        """The disk is full at some operation; what the index missed it gets later."""
        step, failed = self._some(number), False
        at = self.chance.randint(1, OPERATIONS)
        with failing(settings.PORTAL_DATA, at, errno.ENOSPC) as struck:
            try:
                step.do()
            except (OSError, IndexUnusable):
                assert struck
                failed = True
        happened["operations that failed"] += bool(struck)
        found = state()
        assert found in ([self.model, step.then] if failed else [step.then]), "half done"
        shown = {hit.id for hit in find(SearchRequest(parse_query(""), page_size=100)).documents}
        assert shown <= _published(found), "a document is shown that is not to be"
        self._after(step.name, found)

    @rule(number=NUMBERS)
    def killed(self, number: int) -> None:
        """A process that does something is killed at any moment of it."""
        step = self._some(number)
        done = in_child(step.do, self.chance.randint(1, EVENTS))
        happened["kills" if not done else "kills that came too late"] += 1
        found = state()
        assert found in ([step.then] if done else [self.model, step.then]), "half done"
        happened["kills after the commit"] += not done and found == step.then != self.model
        self._after(step.name, found)

    # What of all that can happen now.

    def _some(self, number: int) -> Step:
        self.steps += 1  # hypothesis likes to draw a number again; the step need not be the same
        self.chance = random.Random(f"{number} {self.steps}")
        model, steps = self.model, [self._rebuilt, self._backed_up, self._backed_up]
        by_status = {
            status: sorted(n for n, known in model.items() if known.status == status)
            for status in ("draft", "published", "withdrawn")
        }
        if len(model) < MOST:
            steps += [self._drafted] * (4 if len(model) < 3 else 1)
        if model:
            steps += [self._edited, self._renamed, self._published]
        if by_status["draft"]:
            steps += [self._discarded, self._published, self._published]
        if by_status["published"]:
            steps += [self._withdrawn, self._new_version]
        if self.saved or len(model) > 3:
            steps += [self._restored] * 2
        return self.chance.choice(steps)(by_status)

    def _rebuilt(self, by_status: ByStatus) -> Step:
        return Step("rebuild", rebuild, self.model)

    def _backed_up(self, by_status: ByStatus) -> Step:
        return Step("backup", partial(backup, BACKUP), self.model)

    def _restored(self, by_status: ByStatus) -> Step:
        return Step("restore", put_back, dict(self.saved))

    def _drafted(self, by_status: ByStatus) -> Step:
        self.made += 1
        name = f"d{self.made}"
        title = self._title()
        known = Known("draft", title, title, (self._text(), self._text()))
        return Step("draft", partial(draft, name, known), {**self.model, name: known})

    def _edited(self, by_status: ByStatus) -> Step:
        name, place, text = (
            self._one(self.model),
            self.chance.randint(0, 1),
            self._text(),
        )
        texts = list(self.model[name].texts)
        texts[place] = text
        then = replace(self.model[name], texts=(texts[0], texts[1]))
        return Step("edit", partial(edit, name, place, text), {**self.model, name: then})

    def _renamed(self, by_status: ByStatus) -> Step:
        name, title = self._one(self.model), self._title()
        then = replace(self.model[name], title=title)
        return Step("rename", partial(rename, name, title), {**self.model, name: then})

    def _published(self, by_status: ByStatus) -> Step:
        name = self._one(by_status["draft"] or self.model)
        return self._status(name, "published", publishing.publish)

    def _withdrawn(self, by_status: ByStatus) -> Step:
        name = self._one(by_status["published"])
        return self._status(name, "withdrawn", publishing.withdraw)

    def _status(self, name: str, status: str, do: Callable[[Document], object]) -> Step:
        then = {**self.model, name: replace(self.model[name], status=status)}
        return Step(status, lambda: do(Document.objects.get(public_id=name)), then)

    def _discarded(self, by_status: ByStatus) -> Step:
        name = self._one(by_status["draft"])
        then = {other: known for other, known in self.model.items() if other != name}
        do = partial(Document.objects.get, public_id=name)
        return Step("delete", lambda: review.discard(do()), then)

    def _new_version(self, by_status: ByStatus) -> Step:
        name = self._one(by_status["published"])
        old = self.model[name]
        title, texts = self._title(), (self._text(), self._text())
        then = Known("published", title, title, texts, old.version + 1)
        return Step("new version", partial(revise, name, then), {**self.model, name: then})

    def _one(self, names: Iterable[str]) -> str:
        return str(self.chance.choice(sorted(names)))

    def _title(self) -> str:
        return f"关于{self.chance.choice(WORDS)}工作的通知"

    def _text(self) -> str:
        self.made += 1
        return f"加快推进{self.chance.choice(WORDS)}发展，安排第{self.made}批项目。"

    # What must hold then.

    def _after(self, what: str, expected: Model) -> None:
        happened[what] += 1
        self.model = expected
        if BACKUP.exists() and BACKUP.stat().st_ino != self.kept:  # a killed one leaves the old
            self.kept, self.saved = BACKUP.stat().st_ino, dict(expected)
        catch_up()
        assert not pending_documents()
        assert state() == expected
        assert not difference()
        self._check_index()
        self._check_pages()

    def _check_index(self) -> None:
        """The index holds each published version once; what differs has another hash."""
        rows = dict(Document.objects.values_list("pk", "public_id"))
        hashes = dict(Document.objects.values_list("public_id", "version_hash"))
        backend, _ = backend_and_index()
        indexed = {rows[key]: version for key, (version, _) in backend.entries().items()}
        assert indexed == {name: hashes[name] for name in _published(self.model)}
        for name in indexed:
            known = replace(self.model[name], version=1)
            assert self.contents.setdefault((name, hashes[name]), known) == known

    def _check_pages(self) -> None:
        published = _published(self.model)
        assert _found("") == published
        for word in WORDS:
            expected = {name for name in published if self.model[name].says(word)}
            assert _found(f'"{word}"') == expected, word
        addresses = {
            f"/documents/{slug}/"
            for name, slug in Document.objects.values_list("public_id", "slug")
            if name in published
        }
        client = Client()
        atom = etree.fromstring(client.get("/feeds/").content)
        assert (
            _paths(link.get("href", "") for link in atom.iterfind("{*}entry/{*}link")) == addresses
        )
        pages = etree.fromstring(client.get("/sitemap.xml").content)
        assert _paths(place.text or "" for place in pages.iter("{*}loc")) == addresses
        held = {path.name for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()}
        assert originals.known() <= held, "an original is gone"

    def teardown(self) -> None:
        """The last backup comes back, and every address answers as its document's status says."""
        put_back()
        self._after("restore", dict(self.saved))
        for name, slug in Document.objects.values_list("public_id", "slug"):
            expected = {"draft": 404, "published": 200, "withdrawn": 410}
            answer = Client().get(f"/documents/{slug}/")
            assert answer.status_code == expected[self.model[name].status]


def _published(model: Model) -> set[str]:
    return {name for name, known in model.items() if known.status == "published"}


def _found(query: str) -> set[str]:
    page = find(SearchRequest(parse_query(query), page_size=100))
    assert page.count == len(page.documents)
    return {hit.id for hit in page.documents}


def _paths(addresses: Iterable[str]) -> set[str]:
    paths = ["/" + address.split("/", 3)[3] for address in addresses]
    assert len(paths) == len(set(paths)), "listed twice"
    return set(paths)


def main(examples: int, steps: int, number: int) -> None:
    """Lives *examples* portals through *steps* each."""
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connections.close_all()
    shutil.copy(settings.DATABASES["default"]["NAME"], PRISTINE)
    setup_test_environment()
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    limits = bounds(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
    )
    run_state_machine_as_test(seed(number)(Portal), settings=limits)
    print(json.dumps(happened, ensure_ascii=False))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]))
