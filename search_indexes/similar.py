"""Finds published documents that resemble one, and says on what ground."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count

from documents.document_themes import MAIN
from documents.models import Document, Section, SectionTheme
from documents.named import Named
from search_indexes.analysis import characters
from search_indexes.finder import Resembling, resembling

MOST = 6
CANDIDATES = 60
"""Documents with the most telling words that are weighed by title, themes and type as well."""

WORDS_SHARE, TITLE_SHARE, THEMES_SHARE, TYPE_SHARE = 0.4, 0.4, 0.1, 0.1
"""What each way of being alike counts; together 1."""
LEAST = 0.3
"""Below this a document is not called similar."""
NAMED = 4
"""Themes or words named as a ground."""


@dataclass(frozen=True, slots=True)
class Similar(Named):
    """A published document like another one; ``grounds`` say by what, in Chinese."""

    document: Document
    grounds: tuple[str, ...]
    score: float


def similar_to(document: Document, most: int = MOST) -> tuple[Similar, ...]:
    """At most *most* published documents like *document*, the likest first; never itself.

    Words of title and headings choose candidates; the likeness of titles, the themes and the type
    weigh them again. Raises SearchUnavailable.
    """
    headings = _headings([document.pk]).get(document.pk, ())
    names = (*document.issuer_names, document.district.name if document.district else "")
    telling, found = resembling(document.title, headings, names, document.pk, CANDIDATES)
    themes = _themes([document.pk, *(each.key for each in found)])
    known = Document.objects.published().for_listing().in_bulk([each.key for each in found])
    scored = sorted(
        (-_score(document, known[each.key], each, themes), each.key)
        for each in found
        if each.key in known
    )
    best = [(key, -score) for score, key in scored if -score >= LEAST][:most]
    said = _headings([key for key, _ in best])
    return tuple(
        Similar(known[key], _grounds(document, known[key], themes, telling, said), score)
        for key, score in best
    )


Themes = dict[int, tuple[str, ...]]
"""The main themes of each document by its key, those of most sections first."""


def _score(own: Document, other: Document, found: Resembling, themes: Themes) -> float:
    return (
        WORDS_SHARE * found.share
        + TITLE_SHARE * found.title
        + THEMES_SHARE * _share(themes.get(own.pk, ()), themes.get(other.pk, ()))
        + TYPE_SHARE * bool(_shared_kind(own, other))
    )


def _share(mine: Collection[str], others: Collection[str]) -> float:
    return len({*mine} & {*others}) / (len({*mine, *others}) or 1)


def _grounds(
    own: Document,
    other: Document,
    themes: Themes,
    telling: Sequence[str],
    said: dict[int, tuple[str, ...]],
) -> tuple[str, ...]:
    shared = [theme for theme in themes.get(own.pk, ()) if theme in themes.get(other.pk, ())]
    kind = _shared_kind(own, other)
    bare = "\n".join(map(characters, (other.title, *said.get(other.pk, ()))))
    held = [word for word in telling if word in bare]
    grounds = []
    if held or not (shared or kind):
        # Held words stand in title and headings; without them the likeness is one of the text.
        grounds.append(f"用词相近：{'、'.join(held[:NAMED])}" if held else "正文用词相近")
    if shared:
        grounds.append(f"同一主题：{'、'.join(shared[:NAMED])}")
    if kind:
        grounds.append(f"同类文件：{kind}")
    return tuple(grounds)


def _shared_kind(own: Document, other: Document) -> str:
    """The 内容类型 both have, or else their 文种."""
    for name in ("content_type", "document_type"):
        if (value := getattr(own, name)) and value == getattr(other, name):
            return str(value)
    return ""


def _headings(keys: Collection[int]) -> dict[int, tuple[str, ...]]:
    rows = Section.objects.filter(document__in=keys, parent__isnull=False).exclude(heading="")
    found: dict[int, tuple[str, ...]] = {}
    for key, heading in rows.order_by("order").values_list("document", "heading"):
        found[key] = (*found.get(key, ()), heading)
    return found


def _themes(keys: Iterable[int]) -> Themes:
    places = SectionTheme.objects.filter(section__document__in=list(keys))
    counted = places.values_list("section__document", "theme__name").annotate(number=Count("pk"))
    found: Themes = {}
    for key, name, _ in counted.order_by("-number", "theme__order", "theme__name"):
        known = found.get(key, ())
        if len(known) < MAIN:
            found[key] = (*known, name)
    return found
