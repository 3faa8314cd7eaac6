"""Whatever the bytes, reading ends in a source or a refusal."""

from __future__ import annotations

import contextlib
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.extraction import ExtractionError, extract_file
from documents.extraction.encoding import decode
from documents.extraction.formats import Format, sniff
from documents.extraction.markdown import read_markdown
from documents.extraction.reading import read_bytes
from documents.text.values import Source
from tests.extraction import build
from tests.extraction.test_office_and_ofd import ofd, text_object
from tests.promises import Tried

GOOD = {
    "a.docx": build.docx(
        build.numbered("总体要求") + build.paragraph("正文") * 20,
        numbering=build.numbering(build.level(0, "chineseCounting", "%1、")),
        styles='<w:style w:styleId="a"><w:name w:val="甲"/></w:style>',
    ),
    "a.pdf": build.Pdf().text(90, 100, "关于印发规划的通知").text(90, 130, "一、总体要求").bytes(),
    "a.txt": "青浦区科委\n一、总体要求\n".encode("gb18030") * 20,
    "a.ofd": ofd(text_object(4, 30, 40, "关于印发规划的通知") + text_object(5, 30, 60, "正文")),
    "a.html": ("<html><body><table><tr><td>甲<td>乙</table>" + "<p>正文。</p>" * 60).encode(),
    "a.md": "# 标题\n\n**重点。**正文[^1]\n\n| a | b |\n|--|--|\n\n[^1]: 注".encode(),
}


def mutated(data: bytes, seed: int) -> bytes:
    """``data`` cut, or with some bytes changed, doubled, removed or zeroed."""
    rng = random.Random(seed)
    if rng.random() < 0.25:
        return data[: rng.randrange(len(data))]
    out = bytearray(data)
    for _ in range(rng.choice((1, 4, 32))):
        at = rng.randrange(len(out))
        length = rng.choice((1, 2, 16, 128))
        kind = rng.randrange(4)
        if kind == 0:
            out[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            out[at : at + length] = bytes(min(length, len(out) - at))
        elif kind == 2:
            out[at:at] = out[at : at + length]
        elif len(out) > length + 1:
            del out[at : at + length]
    return bytes(out)


def spoil_and_read(path: Path, name: str, seeds: range) -> int:
    """Reads *name* spoilt by each seed; gives how often it really was another file."""
    spoilt = 0
    for seed in seeds:
        path.write_bytes(data := mutated(GOOD[name], seed))
        spoilt += data != GOOD[name]
        ends_well(path, name)
    return spoilt


def ends_well(path: Path, name: str) -> None:
    try:
        outcome: object = extract_file(path, name=name)
    except ExtractionError as error:
        outcome = error
        assert error.message.endswith("。")
        assert error.code != "reader-unavailable"
    assert isinstance(outcome, Source | ExtractionError)


@pytest.mark.parametrize("name", GOOD)
def test_a_spoilt_file_is_read_or_refused(name: str, tmp_path: Path, tried: Tried) -> None:
    path = tmp_path / "spoilt"
    tried(spoil_and_read(path, name, range(10)), "spoilt files")


@pytest.mark.nightly
@pytest.mark.parametrize("name", GOOD)
def test_two_thousand_spoilt_files_are_read_or_refused(
    name: str, tmp_path: Path, tried: Tried
) -> None:
    path = tmp_path / "spoilt"
    tried(spoil_and_read(path, name, range(1000, 1500)), "spoilt files")


@pytest.mark.parametrize("name", ["a.docx", "a.txt", "a.md", "a.html", "a.ofd"])
@given(seed=st.integers(0, 2**32))
@settings(max_examples=150, deadline=None)
def test_the_readers_in_python_refuse_in_their_own_words(name: str, seed: int) -> None:
    with contextlib.suppress(ExtractionError):
        read_bytes(mutated(GOOD[name], seed), name)


@given(st.binary(max_size=400))
@settings(max_examples=300, deadline=None)
def test_any_bytes_have_a_format(data: bytes) -> None:
    assert isinstance(sniff(data), Format)


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_as_markdown(text: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    try:
        decode(data)
    except ExtractionError:
        return
    assert isinstance(read_markdown(data), Source)
