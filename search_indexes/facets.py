"""The facets of the portal, declared once for the form, the index, the finder and the page."""

from __future__ import annotations

from dataclasses import dataclass


class UnknownFacet(ValueError):
    """A facet was asked for that is not declared."""


@dataclass(frozen=True, slots=True)
class FacetSpec:
    """A facet: its parameter name, its Chinese label, and whether a document may have several."""

    name: str
    label: str
    multiple: bool = False


FACETS = (
    FacetSpec("district", "区"),
    FacetSpec("year", "年份"),
    FacetSpec("theme", "主题", multiple=True),
    FacetSpec("issuer", "发文机关", multiple=True),
    FacetSpec("document_type", "文种"),
    FacetSpec("content_type", "内容类型"),
    FacetSpec("validity", "有效性"),
)

NOT_GIVEN = "未注明"
"""The value shown, and accepted, for documents that do not state one."""


def facet(name: str) -> FacetSpec:
    """The declared facet called *name*; raises UnknownFacet."""
    for spec in FACETS:
        if spec.name == name:
            return spec
    raise UnknownFacet(f"No facet named {name!r}. Declare it in search_indexes/facets.py.")
