"""Sets the sections of a text that need no template: most of a long one, and quickly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django import template

from documents.named import Named
from documents.page_values import SectionView
from documents.places import Place
from portal.markup import filled, joined
from portal.typeset import Piece, Run, Typeset

register = template.Library()


@dataclass(frozen=True, slots=True)
class Stretch(Named):
    """Sections that follow one another as ready markup, or one that a template has to set."""

    markup: str
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
            found.append(Stretch(joined(ready)))
            ready = []
        found.append(Stretch("", section))
    if ready:
        found.append(Stretch(joined(ready)))
    return found


_ENTRY = """
        <li class="depth-{}">
          <a href="#{}">{}</a>
        </li>
      """


@register.simple_tag
def outline(sections: Iterable[SectionView]) -> str:
    """The entries of the table of contents, each a link to its section."""
    return joined([filled(_ENTRY, str(each.depth), each.anchor, each.label) for each in sections])


_SECTION = (
    '\n<section class="{0}" id="{1}" data-path="{2}" data-mark="{3}"><a class="at"'
    ' href="cite/{1}/" rel="nofollow" aria-label="“{4}”的链接、引用和收藏">¶</a>'
    "{5}{6}</section>"
)
_HEADED = "<{0}>{1}</{0}>"
_NUMBERED = '<{0}><span class="number">{2}</span>{1}</{0}>'
_PARAGRAPH = '<p id="{}-t{}">{}{}</p>\n'


def _section(section: SectionView, marks: Marks | None) -> str | None:
    """The markup of a plain *section*; ``None`` where its texts hold what only templates set."""
    anchor = section.anchor
    heading = _text(section.heading, marks, (anchor, 0))
    texts = [
        _text(paragraph, marks, (anchor, place))
        for place, paragraph in enumerate(section.paragraphs, start=1)
    ]
    if heading is None or None in texts:
        return None
    headed = run_in = ""
    if section.rank:
        form = _NUMBERED if section.number else _HEADED
        headed = filled(form, section.tag, heading, section.number)
    if section.runs_in:
        run_in = filled('<b class="run-in">{}{}{}</b>', section.number, heading, section.joint)
    paragraphs = [
        filled(_PARAGRAPH, anchor, str(place), "" if place > 1 else run_in, text or "")
        for place, text in enumerate(texts, start=1)
    ]
    return filled(
        _SECTION,
        section.classes, anchor, section.path, section.mark, section.called, headed,
        joined(paragraphs),
    )  # fmt: skip


def _text(text: str, marks: Marks | None, place: Place) -> str | None:
    runs = marks.runs.get(place) if marks else None
    if marks is None or not runs:
        return text
    pieces = [_run(run, marks.current) for run in runs]
    known = [piece for piece in pieces if piece is not None]
    return joined(known) if len(known) == len(pieces) else None


def _run(run: Run, current: int) -> str | None:
    """As `_runs.html` sets it; ``None`` for a run that is more than text, hits and a link."""
    if run.note or run.own:
        return None
    out: list[str] = []
    for piece in run.pieces:
        if piece.own:
            return None
        out.append(_piece(piece, current))
    inner = joined(out)
    if not run.url:
        return inner
    return filled('<a class="cited" href="{}" title="{}">{}</a>', run.url, run.title, inner)


def _piece(piece: Piece, current: int) -> str:
    if not piece.match:
        return piece.text
    if not piece.hit:
        return filled("<mark>{}</mark>", piece.text)
    here = filled(' class="here"') if piece.hit == current else ""
    return filled('<mark id="h{}"{}>{}</mark>', str(piece.hit), here, piece.text)
