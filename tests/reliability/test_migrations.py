"""The layout of the database follows the code, forward and back, and only once at a time."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.journeys.conftest import environment
from tests.promises import Tried

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.django_db
def test_the_models_have_no_change_without_a_migration() -> None:
    said = StringIO()
    call_command("makemigrations", check=True, dry_run=True, stdout=said)

    assert "No changes detected" in said.getvalue()


ROUND = """
import json
import django
django.setup()
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from documents.models import District, Document, Section

def rows():
    documents = list(Document.objects.values("public_id", "title", "district__name", "status"))
    return documents, list(Section.objects.order_by("pk").values("anchor", "heading", "text"))

call_command("migrate", verbosity=0)
district, _ = District.objects.get_or_create(name="青浦区")
document = Document.objects.create(public_id="a", slug="a", title="甲", district=district)
for order in range(3):
    Section.objects.create(document=document, order=order, anchor=f"p{order}", level=1,
                           kind="part", text=f"原文{order}", fingerprint="f" * 64)
before, undone = rows(), 0
for app in ("search_indexes", "portal", "documents"):
    graph = MigrationExecutor(connection).loader.graph
    names = sorted(name for label, name in graph.nodes if label == app)
    call_command("migrate", app, names[0], verbosity=0)
    undone += len(names) - 1
    call_command("migrate", verbosity=0)
plan = MigrationExecutor(connection)
left = plan.migration_plan(plan.loader.graph.leaf_nodes())
print(json.dumps({"same": rows() == before, "undone": undone, "left": len(left),
                  "sections": Section.objects.count()}))
"""


def test_every_migration_after_the_first_goes_back_and_forward_without_loss(
    tmp_path: Path,
    tried: Tried,
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ROUND],
        cwd=ROOT,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    tried(found["undone"], "migrations undone and done again")

    assert (found["same"], found["left"], found["sections"]) == (True, 0, 3)


def test_processes_that_migrate_at_once_all_succeed(tmp_path: Path, tried: Tried) -> None:
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    processes = [
        subprocess.Popen(
            command, cwd=ROOT, env=environment(tmp_path), stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    said = [process.communicate(timeout=120)[1] for process in processes]

    assert [process.returncode for process in processes] == [0, 0], said
    with sqlite3.connect(tmp_path / "portal.sqlite3") as rows:
        applied = rows.execute("SELECT app, name FROM django_migrations").fetchall()
    tried(len(processes), "processes that migrated at once")
    assert len(applied) == len(set(applied)) > 30
