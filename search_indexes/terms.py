"""The policy dictionary: words of the trade that are cut as one, beside jieba's own.

Editors keep the list; the index takes it up when it is built, carries it in its folder, and every
query is cut by the list of the index it is asked of. Until `reindex` a change is only waiting.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

from django.apps.registry import Apps
from haystack import connections

from search_indexes.analysis import as_term, is_term
from search_indexes.engine.errors import IndexUnusable
from search_indexes.models import PolicyTerm


@dataclass(frozen=True, slots=True)
class Waiting:
    """What the live index does not know yet: terms added since it was built, and terms gone."""

    added: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.gone)


def current() -> tuple[str, ...]:
    """The terms in use now, as the next index will be cut with them."""
    kept = PolicyTerm.objects.filter(active=True).values_list("word", flat=True)
    # Rows written past the form are no reason to build no index.
    return tuple(sorted({word for word in kept if is_term(word)}))


def in_use() -> tuple[str, ...]:
    """The terms that the live index is cut with; none while it cannot be read."""
    try:
        known: tuple[str, ...] = connections["default"].get_backend().terms()
    except IndexUnusable:
        return ()
    return known


def waiting() -> Waiting:
    """How the list differs from what the live index was cut with; nothing when there is none."""
    try:
        known = set(connections["default"].get_backend().terms())
    except IndexUnusable:
        return Waiting()
    wanted = set(current())
    return Waiting(tuple(sorted(wanted - known)), tuple(sorted(known - wanted)))


def describe(found: Waiting, most: int = 5) -> str:
    """*found* as one Chinese sentence with its cure."""
    parts = [
        f"{label} {len(words)} 个（{'、'.join(words[:most])}{' 等' if len(words) > most else ''}）"
        for label, words in (("新增", found.added), ("停用", found.gone))
        if words
    ]
    return (
        f"政策词典有改动，索引还没有用上：{'，'.join(parts)}；"
        "检索仍按旧词典切词，请运行 manage.py reindex。"
    )


def starting_terms() -> Iterator[tuple[str, str]]:
    """Kind and word of the terms a new portal proposes to its editors."""
    kind = ""
    file = files("search_indexes").joinpath("reference", "terms.txt")
    for line in file.read_text("utf-8").splitlines():
        if line.startswith("["):
            kind = line.strip("[]")
        elif line and not line.startswith("#"):
            yield from ((kind, as_term(word)) for word in line.split())


def fill(apps: Apps) -> None:
    """Adds the starting terms, none in use; *apps* may be a migration's historical registry."""
    model = apps.get_model("search_indexes", "PolicyTerm")
    model.objects.bulk_create(
        model(kind=kind, word=word, active=False) for kind, word in starting_terms()
    )
