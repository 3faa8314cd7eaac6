"""However an upload's request is malformed, it is refused and nothing is kept (T16)."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from documents.models import Job
from tests.documents.samples import NOTICE
from tests.promises import Tried

pytestmark = pytest.mark.django_db

KIND = "multipart/form-data; boundary=b"
FILE = (
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n'
    b"Content-Type: text/plain\r\n\r\n" + NOTICE.encode() + b"\r\n"
)
END = b"--b--\r\n"


def field(name: str, value: str = "x") -> bytes:
    return f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()


def file(disposition: bytes, extra: bytes = b"", content: bytes = b"text") -> bytes:
    head = b"--b\r\nContent-Disposition: " + disposition + b"\r\n" + extra
    return head + b"\r\n" + content + b"\r\n"


def send(desk: Client, kind: str, body: io.BytesIO | io.RawIOBase, length: int) -> HttpResponse:
    """The request as a web server hands it over, whatever it says of itself."""
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/upload/",
        "CONTENT_TYPE": kind,
        "CONTENT_LENGTH": str(length),
        "wsgi.input": body,
    }
    return cast(HttpResponse, desk.request(**environ))


def named(filename: bytes) -> bytes:
    return b'form-data; name="file"; filename="' + filename + b'"'


MALFORMED: dict[str, tuple[str, Callable[[], bytes], int | None]] = {
    "10,000 fields": (KIND, lambda: b"".join(field(f"f{n}") for n in range(10_000)) + END, None),
    "10,000 times one field": (KIND, lambda: field("publish") * 10_000 + END, None),
    "201 files": (KIND, lambda: FILE * 201 + END, None),
    "no boundary": ("multipart/form-data", lambda: FILE + END, None),
    "an empty boundary": ("multipart/form-data; boundary=", lambda: FILE + END, None),
    "a boundary of 300": (f"multipart/form-data; boundary={'b' * 300}", lambda: FILE + END, None),
    "a boundary with odd bytes": ("multipart/form-data; boundary=\xe4\x00", lambda: END, None),
    "another boundary": ("multipart/form-data; boundary=c", lambda: FILE + END, None),
    "a huge header": (KIND, lambda: file(named(b"a.txt"), b"X-A: " + b"a" * 200_000) + END, None),
    "10,000 headers": (KIND, lambda: file(named(b"a.txt"), b"X-A: a\r\n" * 10_000) + END, None),
    "too short a length": (KIND, lambda: FILE + END, 40),
    "too long a length": (KIND, lambda: FILE[:200], 90_000),
    "cut in the middle of the file": (KIND, lambda: FILE[:-300], len(FILE + END)),
    "cut behind the file": (KIND, lambda: FILE, len(FILE + END)),
    "a length of nothing": (KIND, lambda: FILE + END, 0),
    "a negative length": (KIND, lambda: FILE + END, -1),
    "no bytes": (KIND, lambda: b"", None),
    "only the end": (KIND, lambda: END, None),
    "no name of a field": (KIND, lambda: file(b'form-data; filename="a.txt"') + END, None),
    "no name of a file": (KIND, lambda: file(named(b"")) + END, None),
    "bad base64": (
        KIND,
        lambda: file(named(b"a.txt"), b"Content-Transfer-Encoding: base64\r\n", b"abcde") + END,
        None,
    ),
    "a name in no encoding": (KIND, lambda: file(b"form-data; name=\xff\xfe") + END, None),
    "a field of 6 MB": (KIND, lambda: field("publish", "x" * (6 << 20)) + FILE + END, None),
    "JSON": ("application/json", lambda: b'{"file": "a"}', None),
    "an endless form": ("application/x-www-form-urlencoded", lambda: b"a=1&" * 10_000, None),
    "no kind": ("", lambda: FILE + END, None),
}


@pytest.mark.parametrize("what", MALFORMED)
def test_a_malformed_request_is_refused_and_keeps_nothing(
    desk: Client, media: Path, what: str, tried: Tried
) -> None:
    kind, body, length = MALFORMED[what]
    data = body()
    answer = send(desk, kind, io.BytesIO(data), len(data) if length is None else length)
    tried(1, "malformed requests")

    assert answer.status_code in {400, 413}
    assert not Job.objects.exists()
    assert not [kept for kept in media.rglob("*") if kept.is_file()]


def test_a_sound_request_in_the_same_form_goes_in(desk: Client) -> None:
    """The cases above fail for what is wrong with them, not for how they are sent."""
    answer = send(desk, KIND, io.BytesIO(FILE + END), len(FILE + END))

    assert answer.status_code == 302
    assert Job.objects.count() == 1


class Endless(io.RawIOBase):
    """A request body of one file that goes on and on; counts what was taken of it."""

    def __init__(self, size: int) -> None:
        self._head = FILE[: FILE.index(b"\r\n\r\n") + 4]
        self.size, self.taken = size, 0

    def read(self, size: int = -1) -> bytes:
        size = min(size if size >= 0 else 1 << 16, self.size - self.taken)
        start, self.taken = self.taken, self.taken + size
        return (self._head[start:] + b"x" * size)[:size]


def test_a_file_too_large_fills_no_disk_and_is_named(
    desk: Client, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    monkeypatch.setattr("documents.upload_handler.MAX_BYTES", 1 << 20)
    monkeypatch.setattr("documents.forms.MAX_BYTES", 1 << 20)
    monkeypatch.setattr("documents.views.upload.UploadForm.full_clean", _measured(sizes, tmp_path))
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    big = SimpleUploadedFile("大.txt", b"x" * (5 << 20))
    answer = desk.post("/upload/", {"file": [big, SimpleUploadedFile("小.txt", b"y")]})

    assert answer.status_code == 400
    assert "大.txt 超过 1 MB" in answer.content.decode()
    assert sizes
    assert max(sizes) <= (1 << 20) + 1
    assert not Job.objects.exists()


def _measured(sizes: list[int], folder: Path) -> Callable[[object], None]:
    from documents.forms import UploadForm  # noqa: PLC0415 - before it is replaced

    original = UploadForm.full_clean

    def full_clean(form: UploadForm) -> None:
        sizes.extend(path.stat().st_size for path in folder.glob("*.upload*"))
        original(form)

    return full_clean  # type: ignore[return-value]


def test_an_endless_request_is_refused_before_it_is_taken(
    desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = Endless(200 << 20)
    monkeypatch.setattr("documents.upload_handler.MAX_REQUEST", 100 << 20)
    answer = send(desk, KIND, body, body.size)

    assert answer.status_code in {400, 413}
    assert body.taken < 1 << 20
    assert not Job.objects.exists()


def test_the_limits_on_forms_are_set(settings: Settings) -> None:
    assert settings.DATA_UPLOAD_MAX_NUMBER_FIELDS <= 2000
    assert settings.DATA_UPLOAD_MAX_NUMBER_FILES <= 200
    assert settings.DATA_UPLOAD_MAX_MEMORY_SIZE <= 5 << 20
