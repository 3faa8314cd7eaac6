"""Sets the sections of a text that need no template: most of a long one, and quickly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from django import template
from django.utils.safestring import SafeString, mark_safe

from documents.named import Named
from documents.page_values import SectionView
from documents.places import Place
from portal.typeset import Piece, Run, Typeset

register = template.Library()


@dataclass(frozen=True, slots=True)
class Stretch(Named):
    """Sections that follow one another as ready markup, or one that a template has to set."""

    markup: SafeString
    section: SectionView | None = None


@dataclass(frozen=True, slots=True)
class Marks:
    """What is marked and linked on the page, by place, and the hit that the reader is at."""

    runs: Mapping[Place, Sequence[Run]]
    current: int


@register.simple_tag
def stretches(
    sections: Sequence[SectionView], typeset: Typeset | str, version: object = None
) -> list[Stretch]:
    """*sections* in order, as few stretches as there can be.

    The template `_section.html` sets the first, which opens the part; all of an old *version*; and
    whatever has more than a heading, paragraphs, hits and links. What is set here is the markup
    that it would make: a test holds the two alike.
    """
    found: list[Stretch] = []
    ready: list[str] = []
    # Looked at once: the page's setting is made when first asked for, and asks again each time.
    marks = Marks(typeset.runs, typeset.current) if isinstance(typeset, Typeset) else Marks({}, 0)
    marked = typeset.anchors if isinstance(typeset, Typeset) else frozenset()
    for number, section in enumerate(sections):
        markup = None
        if number and not version and section.plain:
            markup = _section(section, marks if section.anchor in marked else None)
        if markup is not None:
            ready.append(markup)
            continue
        if ready:
            found.append(Stretch(_safe(ready)))
            ready = []
        found.append(Stretch(SafeString(), section))
    if ready:
        found.append(Stretch(_safe(ready)))
    return found


def _safe(markup: Iterable[str]) -> SafeString:
    """Every text in *markup* has been escaped here."""
    return mark_safe("".join(markup))  # noqa: S308 # nosec B308 B703


def _section(section: SectionView, marks: Marks | None) -> str | None:
    """The markup of a plain *section*; ``None`` where its texts hold what only templates set."""
    anchor = escape(section.anchor)
    heading = _text(section.heading, marks, (section.anchor, 0))
    if heading is None:
        return None
    out = [
        f'\n<section class="{section.classes}" id="{anchor}" data-path="{escape(section.path)}"'
        f' data-mark="{section.mark}"><a class="at" href="cite/{anchor}/" rel="nofollow"'
        f' aria-label="“{escape(section.called)}”的链接、引用和收藏">¶</a>'
    ]
    number = escape(section.number)
    if section.rank:
        counted = f'<span class="number">{number}</span>' if number else ""
        out.append(f"<{section.tag}>{counted}{heading}</{section.tag}>")
    runs_in = ""
    if section.runs_in:
        runs_in = f'<b class="run-in">{number}{heading}{escape(section.joint)}</b>'
    for place, paragraph in enumerate(section.paragraphs, start=1):
        text = _text(paragraph, marks, (section.anchor, place))
        if text is None:
            return None
        out.append(f'<p id="{anchor}-t{place}">{runs_in}{text}</p>\n')
        runs_in = ""
    out.append("</section>")
    return "".join(out)


def _text(text: str, marks: Marks | None, place: Place) -> str | None:
    runs = marks.runs.get(place) if marks else None
    if marks is None or not runs:
        return escape(text)
    pieces = [_run(run, marks.current) for run in runs]
    return None if None in pieces else "".join(piece for piece in pieces if piece)


def _run(run: Run, current: int) -> str | None:
    """As `_runs.html` sets it; ``None`` for a run that is more than text, hits and a link."""
    if run != Run(run.pieces, run.url, run.title):
        return None
    out = [f'<a class="cited" href="{escape(run.url)}" title="{escape(run.title)}">'] * bool(
        run.url
    )
    for piece in run.pieces:
        if piece != Piece(piece.text, piece.match, piece.hit):
            return None
        if not piece.match:
            out.append(escape(piece.text))
            continue
        here = ' class="here"' if piece.hit == current else ""
        hit = f' id="h{piece.hit}"{here}' if piece.hit else ""
        out.append(f"<mark{hit}>{escape(piece.text)}</mark>")
    return "".join(out) + "</a>" * bool(run.url)
