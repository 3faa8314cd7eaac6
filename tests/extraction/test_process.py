"""Reading happens in a process that is shut in, and nothing of it stays behind."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from documents.extraction import (
    MAX_BYTES,
    EmptyFile,
    ExtractionError,
    LimitExceeded,
    Limits,
    NotReadable,
    ReaderUnavailable,
    TooLarge,
    extract_file,
    process,
)
from documents.extraction.wire import dump_error, dump_source, load
from documents.text.values import (
    Cell,
    Footnote,
    Line,
    NoteMark,
    Paragraph,
    Source,
    Span,
    Table,
    Warning,
)
from tests.extraction.build import docx, paragraph, raw_pdf, stream
from tests.promises import Tried

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def word(tmp_path: Path) -> Path:
    path = tmp_path / "通知.docx"
    path.write_bytes(docx(paragraph("关于印发规划的通知")))
    return path


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that temporary files go to."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def children() -> set[str]:
    tasks = Path("/proc/self/task").glob("*/children")
    return {child for task in tasks for child in task.read_text().split()}


def nested_forms() -> bytes:
    """A PDF of 4 kB that draws 60 to the power of 6 forms."""
    box = b"/Type/XObject/Subtype/Form/BBox[0 0 600 800]"
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
    page += b"/Resources<</XObject<</X 6 0 R>>>>>>"
    forms = [
        stream(b"/X Do " * 60, box + b"/Resources<</XObject<</X %d 0 R>>>>" % (7 + at))
        for at in range(6)
    ]
    last = stream(b"BT /F 12 Tf (a) Tj ET", box + b"/Resources<</Font<</F 5 0 R>>>>")
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    return raw_pdf(
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        page, stream(b"/X Do"), font, *forms, last,
    )  # fmt: skip


def deflate_chain() -> bytes:
    """A PDF of 2 kB whose page unpacks to 512 MiB."""
    packer = zlib.compressobj(9)
    once = b"".join(packer.compress(b" " * (1 << 20)) for _ in range(512)) + packer.flush()
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R>>"
    twice = stream(zlib.compress(once, 9), b"/Filter[/FlateDecode/FlateDecode]")
    return raw_pdf(
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page, twice
    )


@pytest.mark.parametrize("bomb", [nested_forms, deflate_chain])
def test_a_bomb_ends_its_own_process_only(
    bomb: object, tmp_path: Path, temporary: Path, tried: Tried
) -> None:
    assert callable(bomb)
    path = tmp_path / "bomb.pdf"
    path.write_bytes(bomb())
    before = children()
    tried(1, "bombs")
    with pytest.raises(LimitExceeded):
        extract_file(path)
    assert children() == before
    assert list(temporary.iterdir()) == []


def test_neither_a_child_nor_a_file_is_left(word: Path, temporary: Path) -> None:
    before = children()
    assert extract_file(word).blocks == (Paragraph("关于印发规划的通知"),)
    assert children() == before
    assert list(temporary.iterdir()) == []


def test_the_wall_clock_ends_a_reader_and_what_it_started(
    word: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Stands in for Python: starts a grandchild that would outlive it, then hangs.
    hanging = temporary.parent / "python"
    pids = temporary.parent / "pids"
    hanging.write_text(f"#!/bin/sh\nsleep 60 &\necho $! > {pids}\nwait\n")
    hanging.chmod(hanging.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(sys, "executable", str(hanging))
    before = children()
    with pytest.raises(LimitExceeded):
        extract_file(word, limits=Limits(wall_seconds=0.5))
    assert children() == before
    state = Path(f"/proc/{pids.read_text().strip()}/stat")
    until = time.monotonic() + 30  # it is killed, but a busy machine may be late to bury it
    while _lives(state) and time.monotonic() < until:
        time.sleep(0.01)
    assert not _lives(state)


def _lives(state: Path) -> bool:
    try:
        return state.read_text().split(")")[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.parametrize(
    ("ending", "refusal"),
    [
        ("kill -XCPU $$", LimitExceeded),
        ("kill -ABRT $$", LimitExceeded),
        ("kill -SEGV $$", ExtractionError),
        ("exit 3", ReaderUnavailable),
        ("echo nonsense", ReaderUnavailable),
        ("echo '{\"source\": {}}'", ReaderUnavailable),
    ],
)
def test_a_reader_that_dies_is_a_refusal(
    ending: str, refusal: type[ExtractionError], word: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dying = word.parent / "python"
    dying.write_text(f"#!/bin/sh\nulimit -c 0\n{ending}\n")
    dying.chmod(dying.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(sys, "executable", str(dying))
    with pytest.raises(refusal):
        extract_file(word)


def test_a_python_that_is_not_there_is_a_refusal(
    word: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(ReaderUnavailable):
        extract_file(word)


def test_it_works_in_threads_and_under_any_current_directory(
    word: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trap = tmp_path / "elsewhere" / "documents"
    trap.mkdir(parents=True)
    (trap / "__init__.py").write_text("raise SystemExit('the wrong documents')")
    monkeypatch.chdir(trap.parent)
    with ThreadPoolExecutor(4) as pool:
        sources = list(pool.map(extract_file, [word] * 8))
    assert {source.blocks for source in sources} == {(Paragraph("关于印发规划的通知"),)}
    assert threading.active_count() >= 1


def test_the_reader_has_no_network() -> None:
    probe = """
import socket, sys
from documents.extraction.confinement import confine
from documents.extraction.limits import Limits
if not confine(Limits()):
    sys.exit(77)
try:
    socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=2)
except OSError:
    sys.exit(0)
sys.exit(1)
"""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
        ended = subprocess.run([sys.executable, "-c", probe, port], cwd=ROOT, check=False)
    if ended.returncode == 77:
        pytest.skip("this host does not allow network namespaces")
    assert ended.returncode == 0


def test_the_limits_hold_in_the_reader() -> None:
    probe = """
import resource as r
from documents.extraction.confinement import confine
from documents.extraction.limits import Limits
confine(Limits())
print(*(r.getrlimit(k)[0] for k in (r.RLIMIT_AS, r.RLIMIT_CPU, r.RLIMIT_CORE, r.RLIMIT_NOFILE)))
try:
    bytearray(600 << 20)
except MemoryError:
    print("refused")
"""
    out = subprocess.run(
        [sys.executable, "-c", probe], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split()
    assert out == [str(512 << 20), "20", "0", "64", "refused"]


def test_an_answer_that_is_too_long_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("政策\n" * 2000, encoding="utf-8")
    with pytest.raises(LimitExceeded):
        extract_file(path, limits=Limits(output=10_000))


def test_too_many_characters_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("政" * 5_000_001, encoding="utf-8")
    with pytest.raises(LimitExceeded, match="500 万字"):
        extract_file(path)


def test_a_file_over_50_mb_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(TooLarge, match="50 MB"):
        extract_file(path)


@pytest.mark.parametrize("content", [b"", b"   \r\n\t ", b"\0\0\0\0"])
def test_a_file_of_nothing_is_empty(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(content)
    with pytest.raises(EmptyFile):
        extract_file(path)


def test_what_is_no_file_is_not_readable(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (tmp_path, tmp_path / "absent", pipe, Path("/dev/zero"), Path("a\0b")):
        with pytest.raises(NotReadable):
            extract_file(path)


NAMES = [
    "../../etc/passwd.docx", "/abs/olute.docx", "..\\..\\a.docx", "a\r\nb.docx", "a\0.docx",
    "长" * 255 + ".docx", "x" * 5000 + ".docx", "\u202excod.docx", "CON.docx", ".docx",
    "--help.docx", "-c.docx", "%2e%2e%2fa.docx", "a\"b';.docx", "\udcff.docx", "a.pdf.docx", "",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_no_file_name_makes_trouble(name: str, word: Path) -> None:
    assert extract_file(word, name=name).format == "docx"


def test_a_source_crosses_the_pipe_unchanged() -> None:
    source = Source(
        "docx",
        (
            Line("行", 1, 1.5, 2.5, 3.5, 16.0, "宋体", True, 595.3, 841.9),
            Line("纯"),
            Paragraph("段", 2, "标题 1", 1, (Span(0, 1),), True, (NoteMark(1, 0),)),
            Table(((Cell("格", 2, 3, (NoteMark(0, 0),)),), ()), 4),
        ),
        (Footnote("1", "注"),),
        5,
        (Warning("c", "m", "p1", 3),),
    )
    assert load(dump_source(source)) == (source, "")


def test_an_error_crosses_the_pipe_with_its_words() -> None:
    error, detail = load(dump_error(TooLarge("太大。请压缩。"), "why"))
    assert isinstance(error, TooLarge)
    assert (error.message, detail) == ("太大。请压缩。", "why")


def test_a_lone_surrogate_does_not_cost_the_document() -> None:
    source, _ = load(dump_source(Source("pdf", (Line("甲\ud800乙"),))))
    assert isinstance(source, Source)
    assert source.blocks[0] == Line("甲?乙")


def test_the_signals_that_mean_a_limit_are_told_apart() -> None:
    outcome, _ = process._outcome(b"", True, -signal.SIGKILL)
    assert isinstance(outcome, LimitExceeded)
