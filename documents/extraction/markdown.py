"""Reads Markdown as paragraphs with heading levels and bold ranges."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from documents.extraction.note_marks import counted_anew
from documents.extraction.plain import decode_text, with_warnings
from documents.text import source_of_text
from documents.text.values import Cell, Footnote, NoteMark, Paragraph, Source, Span, Table

_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t\u3000]+|(?=[^#\s]))(.*?)(?:[ \t]+#+)?[ \t]*$")
_RULE = re.compile(r" {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$")
_UNDERLINE = re.compile(r" {0,3}(=+|-{2,})[ \t]*$")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_QUOTE = re.compile(r"\A {0,3}> ?")
_BULLET = re.compile(r"\A[ \t]*[-*+][ \t]+")
_ORDERED = re.compile(r"[ \t]*\d{1,9}[.)][ \t]+")
_NOTE = re.compile(r" {0,3}\[\^([^\]\s]+)\]:[ \t]*(.*)")
_ROW = re.compile(r"[ \t]*\|.*\|[ \t]*$")
_ROW_RULE = re.compile(r"[ \t]*\|?(?:[ \t]*:?-+:?[ \t]*\|)+(?:[ \t]*:?-+:?[ \t]*)?$")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(?:[^\n]*\n){0,100}?(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
_INLINE = re.compile(
    r"\\([!-/:-@\[-`{-~])"  # 1: an escaped sign stands for itself
    r"|!?\[([^\[\]]*)\]\([^()\s]*(?:[ \t]+\"[^\"]*\")?\)"  # 2: a link's or an image's words
    r"|\[\^(?P<note>[^\]\s]+)\]"  # 3: a mark of a note, which is kept beside the text
    r"|<(?:https?://|mailto:)([^<>\s]+)>"  # 4: an address
    r"|</?[A-Za-z][^<>]*>"  # a tag
    r"|(\*\*|__)(?=\S)"  # 5: bold begins
    r"|(?<=\S)(\*\*|__)"  # 6: bold ends
    r"|(?<![\w*])[*_](?=[^\s*_])|(?<=[^\s*_])[*_](?![\w*])"  # emphasis
    r"|`+"
)
_SENTENCE_END = re.compile(r"[。！？；：.!?;:][”’》）)]*$")
_PRINTED_LINE = 15  # characters; a lone line this long without an end is cut by a margin


@dataclass(frozen=True, slots=True)
class _Lines:
    """Consecutive source lines that belong together, with what sort they are."""

    kind: str
    lines: tuple[str, ...]
    outline: int | None = None


def read_markdown(data: bytes) -> Source:
    """Paragraphs, tables and notes of a Markdown file.

    A file that only carries Markdown's marks over printed, hard-wrapped lines is given as
    these lines, since its blank lines part no paragraphs. Raises as ``read_plain`` does.
    """
    decoded = decode_text(data)
    text = re.sub(r"\r\n?", "\n", decoded.text)
    text = _COMMENT.sub("", _FRONT_MATTER.sub("", text)).expandtabs(4)
    groups = _groups(text.split("\n"))
    if "\f" in text or _is_printed(groups):
        return with_warnings(source_of_text(text, "md"), decoded)
    blocks: list[Paragraph | Table] = []
    notes: list[Footnote] = []
    labels = _Labels()
    numbers: dict[int, int] = {}
    for group in groups:
        if group.kind == "note":
            mark, first = _note(group.lines[0])
            body = _joined((first, *(line.strip() for line in group.lines[1:])))
            numbers.setdefault(labels.number(mark), len(notes))
            notes.append(Footnote(mark, _plain(body, _Labels()).text))
        elif group.kind == "table":
            blocks.append(_table(group.lines, labels))
        else:
            blocks.extend(_paragraphs(group, labels))
    source = Source("md", counted_anew(blocks, numbers), tuple(notes))
    return with_warnings(source, decoded)


class _Labels:
    """Numbers the labels of notes (``[^a]``) in the order they are met."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def number(self, label: str) -> int:
        """The number of ``label``, from 0."""
        return self._seen.setdefault(label, len(self._seen))


@dataclass(frozen=True, slots=True)
class _Words:
    """Words without Markdown's signs, what of them is bold, and where notes are referred to."""

    text: str
    bold: tuple[Span, ...]
    notes: tuple[NoteMark, ...]


def _groups(lines: list[str]) -> list[_Lines]:
    """Cuts the source into headings, lists' items, tables, notes and plain paragraphs."""
    groups: list[_Lines] = []
    pending: list[str] = []
    fence: str | None = None
    kind = "text"

    def close() -> None:
        nonlocal kind
        if pending:
            groups.append(_Lines(kind, tuple(pending)))
            pending.clear()
        kind = "text"

    for raw in lines:
        if fence is not None:
            if raw.strip().startswith(fence):
                fence = None
            elif raw.strip():
                groups.append(_Lines("code", (raw,)))
            continue
        line = _QUOTE.sub("", raw, count=1)
        if match := _FENCE.match(line):
            close()
            fence = match[1]
        elif not line.strip():
            close()
        elif match := _HEADING.match(line):
            close()
            groups.append(_Lines("heading", (match[2],), len(match[1])))
        elif pending and kind == "text" and (match := _UNDERLINE.match(line)):
            level = 1 if match[1].startswith("=") else 2
            groups.append(_Lines("heading", tuple(pending), level))
            pending.clear()
        elif _RULE.match(line):
            close()
        else:
            started = _starts(line, kind)
            if started is not None:
                close()
                kind = started
            pending.append(line)
    close()
    return groups


def _starts(line: str, kind: str) -> str | None:
    """The sort of group that ``line`` opens, ``None`` when it continues the open one."""
    if _ROW.match(line):
        return None if kind == "table" else "table"
    if _NOTE.match(line):
        return "note"
    if _BULLET.match(line) or _ORDERED.match(line):
        return "item"
    return "text" if kind == "table" else None


def _is_printed(groups: list[_Lines]) -> bool:
    """Whether most one-line paragraphs end in mid-sentence, as a margin leaves them."""
    lone = [
        group.lines[0].strip()
        for group in groups
        if group.kind == "text" and len(group.lines) == 1 and len(group.lines[0]) >= _PRINTED_LINE
    ]
    cut = sum(1 for line in lone if not _SENTENCE_END.search(line.strip("*_")))
    return len(lone) >= 8 and cut * 2 > len(lone)


def _paragraphs(group: _Lines, labels: _Labels) -> list[Paragraph]:
    if group.kind == "code":
        return [Paragraph(group.lines[0].strip())]
    made = []
    for piece in _pieces(group):
        words = _BULLET.sub("", piece, count=1) if group.kind == "item" else piece
        plain = _plain(words.strip(), labels)
        if plain.text.strip():
            made.append(
                Paragraph(plain.text, outline=group.outline, bold=plain.bold, notes=plain.notes)
            )
    return made


def _pieces(group: _Lines) -> list[str]:
    """A group's lines joined, or one by one where they are no wrapped text.

    Much Chinese Markdown puts each paragraph on a line of its own with no blank line between;
    lines cut by a margin are about equally long, all but the last.
    """
    lines = group.lines
    if group.kind == "heading":
        return [_joined(lines)]
    pieces: list[list[str]] = [[lines[0]]]
    longest = max(len(line) for line in lines)
    wrapped = longest >= _PRINTED_LINE and min(map(len, lines[:-1]), default=0) > 0.85 * longest
    for before, line in pairwise(lines):
        if not wrapped or before.endswith(("  ", "\\")):
            pieces.append([line])
        else:
            pieces[-1].append(line)
    return [_joined(tuple(piece)) for piece in pieces]


def _joined(lines: tuple[str, ...]) -> str:
    """Lines as one; a space only between two that meet in ASCII."""
    text = ""
    for line in lines:
        words = line.removesuffix("\\").strip()
        if text and words and text[-1].isascii() and words[0].isascii():
            text += " "
        text += words
    return text


def _plain(source: str, labels: _Labels) -> _Words:
    parts: list[str] = []
    spans: list[Span] = []
    notes: list[NoteMark] = []
    length = at = 0
    begun: int | None = None
    for match in _INLINE.finditer(source):
        before = source[at : match.start()]
        at = match.end()
        kept = before + (match[1] or match[2] or match[4] or "")
        length += len(kept)
        if match["note"]:
            notes.append(NoteMark(length, labels.number(match["note"])))
        elif match[5] or match[6]:
            if begun is None:
                begun = length
            else:
                spans.append(Span(begun, length))
                begun = None
        parts.append(kept)
    parts.append(source[at:])
    bold = tuple(span for span in spans if span.end > span.start)
    return _Words("".join(parts), bold, tuple(notes))


def _note(line: str) -> tuple[str, str]:
    match = _NOTE.match(line)
    return (match[1], match[2]) if match else ("", line)


def _table(lines: tuple[str, ...], labels: _Labels) -> Table:
    rows = [line for line in lines if not _ROW_RULE.match(line)]
    return Table(tuple(tuple(_cell(text, labels) for text in _split_row(row)) for row in rows))


def _split_row(row: str) -> list[str]:
    inner = row.strip().removeprefix("|").removesuffix("|")
    return [text.replace("\\|", "|").strip() for text in re.split(r"(?<!\\)\|", inner)]


def _cell(text: str, labels: _Labels) -> Cell:
    plain = _plain(re.sub(r"<br\s*/?>", "\n", text), labels)
    return Cell(plain.text, notes=plain.notes)
