"""Sets a manuscript on pages as GB/T 9704-2012 wants it: A4, 22 lines of 28 characters."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tests.formats.manuscript import Block, Kind, Manuscript, Run

Measure = Callable[[str, str, float], float]
"""Width in points of a text in a face (``body``, ``black``) at a size."""

PAGE = (595.28, 841.89)
LEFT, TOP = 79.4, 104.9  # 28 mm and 37 mm (5.2.1)
SIZE = 15.75  # 三号
COLUMNS = 28
WIDTH = COLUMNS * SIZE
PITCH = 29.0  # 225 mm in 22 lines (5.2.2)
FOOT = TOP + 22 * PITCH
_NOTE_SIZE, _NOTE_PITCH = 9.0, 13.0
_NOTE_GAP = 10.0
_MARK = 0xE100  # note marks travel through line breaking as one private character each
_TOKEN = re.compile(
    r"[“‘（《〈【〔「]*(?:[A-Za-z0-9.%+\-/~]+|.)[\ue100-\ue1ff]?[”’）》〉】〕」。，、；：！？]*",
    re.DOTALL,
)

_PRINTED_ON = re.compile(r"\d{4}\s*年.*印发$")


@dataclass(frozen=True, slots=True)
class Print:
    """Words printed at ``x`` on the baseline ``y``, in points from the top left corner."""

    x: float
    y: float
    text: str
    size: float = SIZE
    face: str = "body"
    bold: bool = False
    red: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A horizontal rule."""

    x0: float
    x1: float
    y: float
    red: bool = False


@dataclass(slots=True)
class Page:
    """What is printed on one page."""

    prints: list[Print] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)


Atom = tuple[str, bool, bool]
"""A character, whether it is bold, whether it is set in black type."""


class Typesetter:
    """Fills pages line by line; footnotes take their room at the foot of the page of their mark."""

    def __init__(self, measure: Measure, notes: dict[str, str]) -> None:
        self.pages = [Page()]
        self._measure = measure
        self._notes = notes
        self._y = TOP
        self._foot: list[list[str]] = []
        self._dated = False

    def set(self, manuscript: Manuscript) -> list[Page]:
        """All pages of a manuscript, numbered."""
        before: Kind | None = None
        for block in manuscript.blocks:
            self._block(block, before)
            before = block.kind
        self._close()
        for number, page in enumerate(self.pages, 1):
            text = f"— {number} —"
            x = LEFT + WIDTH - 90 if number % 2 else LEFT + 14
            page.prints.append(Print(x, FOOT + 34, text, 14))
        return self.pages

    def _block(self, block: Block, before: Kind | None) -> None:
        match block.kind:
            case Kind.PAGE:
                self._break()
            case Kind.LETTERHEAD:
                size = min(42.0, WIDTH / len(block.text) * 0.98)
                self._centred(block.text, size, 1.6 * size, red=True)
            case Kind.REF_NO:
                self._y += PITCH
                self._centred(block.text, SIZE, PITCH)
                self.pages[-1].rules.append(Rule(LEFT, LEFT + WIDTH, self._y - 4, red=True))
                self._y += 2 * PITCH
            case Kind.TITLE:
                if before is Kind.TITLE:
                    self._y += 4
                for line in self._broken(block.text, 22):
                    self._centred(line, 22, 34)
            case Kind.RECIPIENTS:
                self._y += PITCH if before is Kind.TITLE else 0
                self._paragraph(block, indent=0)
            case Kind.BODY:
                self._y += PITCH if before is Kind.TITLE else 0
                self._paragraph(block, indent=2)
            case Kind.SIGNATURE | Kind.DATE:
                self._y += 2 * PITCH if before is Kind.BODY else 0
                self._right(block.text)
            case Kind.REMARK:
                self._y += PITCH
                self._paragraph(block, indent=2)
            case Kind.IMPRINT:
                self._imprint(block, before)

    def _imprint(self, block: Block, before: Kind | None) -> None:
        """抄送 over lines of their own; who printed it on the left, when on the right (7.4)."""
        if before is Kind.IMPRINT and _PRINTED_ON.match(block.text) and not self._dated:
            self._dated = True
            x = LEFT + WIDTH - 14 - self._measure(block.text, "body", 14)
            words = Print(x, self.pages[-1].prints[-1].y, block.text, 14)
            self.pages[-1].prints.append(words)
            return
        self._y += PITCH if before is not Kind.IMPRINT else 0
        self.pages[-1].rules.append(Rule(LEFT, LEFT + WIDTH, self._y - 4))
        self._paragraph(block, indent=1, size=14)

    def _broken(self, text: str, size: float) -> list[str]:
        """A title too long for one line, in lines of about equal length."""
        count = -(-self._measure(text, "body", size) // WIDTH)
        if count <= 1:
            return [text]
        lines, room = [""], self._measure(text, "body", size) / count + size
        for token in _TOKEN.findall(text):
            if self._measure(lines[-1] + token, "body", size) > min(room, WIDTH):
                lines.append("")
            lines[-1] += token
        return lines

    def _centred(self, text: str, size: float, pitch: float, *, red: bool = False) -> None:
        self._room(pitch)
        x = LEFT + (WIDTH - self._measure(text, "body", size)) / 2
        at = self._y + 0.8 * size
        self.pages[-1].prints.append(Print(x, at, text, size, bold=red, red=red))
        self._y += pitch

    def _right(self, text: str) -> None:
        self._room(PITCH)
        x = LEFT + WIDTH - 2 * SIZE - self._measure(text, "body", SIZE)
        self.pages[-1].prints.append(Print(x, self._y + 0.8 * SIZE, text))
        self._y += PITCH

    def _paragraph(self, block: Block, *, indent: int, size: float = SIZE) -> None:
        runs = [Run(block.number, black=block.runs[0].black), *block.runs]
        for index, line in enumerate(self._lines(list(_atoms(runs)), indent * size, size)):
            marks = [chr(ord(char) - _MARK) for char, *_ in line if _is_mark(char)]
            notes = [wrapped for mark in marks for wrapped in [self._note(mark)]]
            self._room(PITCH, notes)
            self._foot += notes
            self._print(line, LEFT + (indent * size if index == 0 else 0), size)
            self._y += PITCH

    def _lines(self, atoms: list[Atom], indent: float, size: float) -> Iterator[list[Atom]]:
        line: list[Atom] = []
        room = WIDTH - indent
        at = 0
        for token in _TOKEN.findall("".join(char for char, *_ in atoms)):
            width = self._measure(_unmarked(token), "body", size)
            if line and width > room + 0.01:
                yield line
                line, room = [], WIDTH
            line += atoms[at : at + len(token)]
            at += len(token)
            room -= width
        if line:
            yield line

    def _print(self, line: list[Atom], x: float, size: float) -> None:
        y = self._y + 0.8 * size
        for text, bold, black in _joined(line):
            face = "black" if black else "body"
            if _is_mark(text):
                mark = chr(ord(text) - _MARK)
                self.pages[-1].prints.append(Print(x, y - 0.4 * size, mark, 0.5 * size))
                x += self._measure(mark, "body", 0.5 * size)
                continue
            self.pages[-1].prints.append(Print(x, y, text, size, face, bold))
            x += self._measure(text, face, size)

    def _note(self, mark: str) -> list[str]:
        """The lines of a note in small type."""
        atoms = list(_atoms([Run(f"{mark} {self._notes[mark]}")]))
        room = _NOTE_SIZE
        lines = self._lines(atoms, 0, room)
        return ["".join(char for char, *_ in line) for line in lines]

    def _room(self, pitch: float, notes: list[list[str]] | None = None) -> None:
        rows = sum(len(note) for note in [*self._foot, *(notes or [])])
        taken = rows * _NOTE_PITCH + _NOTE_GAP if rows else 0
        if self._y + pitch > FOOT - taken + 1:
            self._break()

    def _break(self) -> None:
        self._close()
        self.pages.append(Page())
        self._y = TOP

    def _close(self) -> None:
        rows = [row for note in self._foot for row in note]
        if rows:
            y = FOOT - len(rows) * _NOTE_PITCH
            self.pages[-1].rules.append(Rule(LEFT, LEFT + 120, y - 4))
            for row in rows:
                y += _NOTE_PITCH
                self.pages[-1].prints.append(Print(LEFT, y - 2, row, _NOTE_SIZE))
        self._foot = []


def _atoms(runs: list[Run]) -> Iterator[Atom]:
    for run in runs:
        yield from ((char, run.bold, run.black) for char in run.text)
        if run.note:
            yield chr(_MARK + ord(run.note)), run.bold, run.black


def _is_mark(char: str) -> bool:
    return "\ue100" <= char <= "\ue1ff"


def _unmarked(token: str) -> str:
    return re.sub("[\ue100-\ue1ff]", "", token)


def _joined(line: list[Atom]) -> Iterator[Atom]:
    """Neighbouring characters of one face as one run; a note mark stays by itself."""
    text, bold, black = "", False, False
    for char, is_bold, is_black in line:
        if text and ((is_bold, is_black) != (bold, black) or _is_mark(char) or _is_mark(text)):
            yield text, bold, black
            text = ""
        text += char
        bold, black = is_bold, is_black
    if text:
        yield text, bold, black
