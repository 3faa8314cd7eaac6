"""Turns what the engine found into what a page of results shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from search_indexes.engine.values import Answer, FoundDocument, FoundSection
from search_indexes.excerpt import Pattern as Shown
from search_indexes.excerpt import excerpt, marked, patterns
from search_indexes.facets import NOT_GIVEN, FacetSpec
from search_indexes.reasons import reasons
from search_indexes.request import Query, QueryField
from search_indexes.results import DocumentHit, Facet, FacetValue, Fragment, SectionHit

Wanted = tuple[Shown, ...]


def hits_of(
    query: Query, answer: Answer, addresses: Mapping[int, str], *, explain: bool = False
) -> tuple[DocumentHit, ...]:
    """The page's documents with their best sections, the query's words marked.

    *addresses* are those of the documents by their keys. Without a query no section is better
    than another, and none is shown.
    """
    in_title = patterns(query, QueryField.TITLE)
    in_text = patterns(query)
    why = query if explain else None
    return tuple(
        [
            _hit(
                found,
                addresses[found.card.key],
                in_title,
                [
                    _section(section, addresses[found.card.key], in_text, _why(why, found, section))
                    for section in (found.sections if query.text else ())
                ],
            )
            for found in answer.documents
        ]
    )


def _why(query: Query | None, found: FoundDocument, section: FoundSection) -> tuple[str, ...]:
    return reasons(query, found, section) if query else ()


def _hit(
    found: FoundDocument, url: str, in_title: Wanted, sections: Iterable[SectionHit]
) -> DocumentHit:
    shown = found.card.shown
    title = marked(shown["title"], in_title)
    return DocumentHit(
        id=shown["id"],
        url=url,
        title=shown["title"],
        title_fragments=title,
        known_as=_known_as(shown.get("other_names", ()), title, in_title),
        issuers=tuple(shown["issuers"]),
        ref_no=shown["ref_no"],
        date=date.fromisoformat(shown["date"]) if shown["date"] else None,
        district=shown["district"],
        themes=tuple(shown["themes"]),
        score=round(found.score, 3),
        section_count=found.section_count,
        sections=tuple(sections),
    )


def _known_as(
    names: Sequence[str], title: Sequence[Fragment], wanted: Wanted
) -> tuple[tuple[Fragment, ...], ...]:
    """The other names in which something is marked that the title lacks: why it was found."""
    if not names:
        return ()
    said = {each.text for each in title if each.match}
    told = (marked(name, wanted) for name in names)
    return tuple(each for each in told if {one.text for one in each if one.match} - said)


def _section(found: FoundSection, url: str, wanted: Wanted, why: tuple[str, ...]) -> SectionHit:
    shown: dict[str, Any] = found.shown["shown"]
    return SectionHit(
        anchor=shown["anchor"],
        url=f"{url}#{shown['anchor']}",
        path=tuple(shown["path"]),
        score=round(found.score, 3),
        excerpt=_excerpt(shown["label"], shown["text"], wanted),
        reasons=why,
    )


def _excerpt(label: str, text: str, wanted: Wanted) -> tuple[Fragment, ...]:
    """From the text; with the heading before it when only the heading answers the query."""
    fragments = excerpt(text, wanted) if text else ()
    if wanted and not any(fragment.match for fragment in fragments):
        together = excerpt(f"{label} {text}".strip(), wanted)
        if any(fragment.match for fragment in together):
            return together
    return fragments


def _year(value: str) -> int | None:
    return int(value[:4]) if value.isascii() and value.isdigit() else None


def facet_of(spec: FacetSpec, answer: Answer, ticked: tuple[str, ...]) -> Facet:
    """Years from the latest, other values from the most frequent, what is not stated last."""
    counts = dict.fromkeys(ticked, 0) | answer.facets[spec.name]
    weights = counts
    if spec.name == "year":
        weights = {value: _year(value) or count for value, count in counts.items()}
    # Two plain sorts: a facet may have thousands of values, and a key made for each takes long.
    values = sorted(counts)
    values.sort(key=weights.__getitem__, reverse=True)
    if NOT_GIVEN in counts:
        values.remove(NOT_GIVEN)
        values.append(NOT_GIVEN)
    shown = tuple([FacetValue(value, counts[value], value in ticked) for value in values])
    return Facet(spec.name, spec.label, shown)
