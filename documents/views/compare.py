"""Two sections side by side, and the choice of the second one."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from documents.comparison import compare
from documents.likeness import Like, label_of, like_sections
from documents.models import Document, Section
from documents.page_rows import rows_of

MOST_LIKE = 24
MAX_KEY = 230


@dataclass(frozen=True, slots=True)
class Side:
    """A section to compare: its document, and its text with all that lies below it."""

    key: str
    document: Document
    section: Section
    text: str

    @property
    def url(self) -> str:
        """Where it is read in its place."""
        return f"{self.document.get_absolute_url()}#{self.section.anchor}"


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """``a`` and ``b`` (slug:anchor) side by side; with ``a`` alone, what it may be compared with.

    404 when a section is not there or not open to the reader.
    """
    left = _side(request, "a")
    if left is None:
        return render(request, "documents/compare_choose.html", {"left": None}, status=400)
    right = _side(request, "b")
    if right is None:
        likes = _likes(left)
        return render(request, "documents/compare_choose.html", {"left": left, "likes": likes})
    result = compare(left.text, right.text)
    context = {
        "sides": ((left, result.left, "del"), (right, result.right, "ins")),
        "percent": round(result.shared * 100),
        "cut": result.cut,
        "swapped": (right.key, left.key),
    }
    return render(request, "documents/compare.html", context)


def _side(request: HttpRequest, name: str) -> Side | None:
    key = request.GET.get(name, "").replace("\0", "")[:MAX_KEY]
    if not key:
        return None
    slug, _, anchor = key.partition(":")
    document = Document.objects.visible_to(request.user).for_listing().filter(slug=slug).first()
    if document is None:
        raise Http404
    sections = list(document.sections.order_by("order"))
    place = next((at for at, each in enumerate(sections) if each.anchor == anchor), None)
    if place is None:
        raise Http404
    return Side(key, document, sections[place], _text(sections, place))


def _likes(side: Side) -> tuple[Like, ...]:
    section = side.section
    places = [each for each in rows_of(side.document.pk).themes if each.anchor == section.anchor]
    label = label_of(section.number, section.heading, section.text)
    return like_sections(side.document, places, {section.anchor: label}, MOST_LIKE)


def _text(sections: list[Section], place: int) -> str:
    """The section's own paragraphs and those of all sections below it."""
    top = sections[place]
    lines = [top.text]
    for section in sections[place + 1 :]:
        if section.level <= top.level:
            break
        lines += [f"{section.number}{section.heading}", section.text]
    return "\n".join(line for line in lines if line.strip()).replace("\t", " ")
