"""A file's name is the owner's to choose and never leads out of the store or a header (T19)."""

from __future__ import annotations

import random
import re
from email.message import Message
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http.response import HttpResponseBase
from django.test import Client

from documents.intake import clean_name
from documents.models import Document, JobFile, SourceFile
from documents.publishing import publish
from tests.documents.samples import NOTICE
from tests.promises import Tried

pytestmark = pytest.mark.django_db

HOSTILE = [
    "../../etc/passwd", "..", ".", "...", "/etc/passwd", "/", "//server/share/a.txt",
    "..\\..\\boot.ini", "C:\\Windows\\a.txt", "C:a.txt", "a.txt:stream", "\\\\?\\C:\\a.txt",
    "a\0.txt", "\0", "a\r\nX-Evil: 1\r\n\r\nbody.txt", "a\nb.txt", "a\rb.txt", "a\tb.txt",
    "a" * 300 + ".txt", "汉" * 255, "汉" * 300 + ".pdf", "a." + "b" * 300, "." * 300,
    "\u202etxt.exe", "a\u202e\u2066b.txt", "\u200b\ufeff.txt", "CON", "con.txt", "NUL", "LPT1.txt",
    "AUX.", ".htaccess", ".env", "..txt", " a.txt ", "a.txt.", "%2e%2e%2fa.txt", "%00.txt",
    "%0d%0a", 'a"b.txt', "a'b.txt", '";filename="b.html', "a;b.txt", "a,b.txt", "a=b.txt",
    "a*b?.txt", "<b>.txt", "<script>alert(1)</script>.txt", "{{ 7*7 }}.txt", "a.pdf.exe",
    "a.txt.html", "a.svg", "а.txt", "ａ．ｔｘｔ", "通知（修订）.txt", "《办法》.txt", "😀.txt",
    "e\u0301.txt", "$(id).txt", "-rf.txt", "~root", "a|b.txt", "`id`.txt", "=cmd|' /C calc'!A0.txt",
    "\u2028.txt", "İ.txt", "",
]  # fmt: skip
ALPHABET = "ab汉字.\\/:;\"'%=*<>|&?\r\n\t\0\x1b\x7f\u202e\u200b\u2028\ufeff\ud800😀 ()_-~`$#@!,"


def disposition(header: str) -> tuple[str, str]:
    """Kind and file name of a Content-Disposition, as RFC 6266 and RFC 8187 have them read."""
    message = Message()
    message["Content-Disposition"] = header
    name = message.get_param("filename", header="content-disposition", unquote=True)
    extended = re.search(r"filename\*=utf-8''([^;]+)", header)
    if extended is not None:
        name = unquote(extended[1])
    return message.get_content_disposition() or "", str(name).replace('\\"', '"')


def check_header(answer: HttpResponseBase, name: str) -> None:
    headers = answer.headers
    assert not [value for value in headers.values() if re.search(r"[\r\n\0]", value)]
    assert "X-Evil" not in headers
    kind, said = disposition(answer["Content-Disposition"])
    assert kind in {"inline", "attachment"}
    assert said == name


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_an_upload_of_any_name_is_stored_under_its_checksum(
    desk: Client, media: Path, name: str, tried: Tried
) -> None:
    file = SimpleUploadedFile("x.txt", NOTICE.encode())
    file._name = name  # type: ignore[attr-defined]  # past Django's own cleaning, which comes again
    answer = desk.post("/upload/", {"file": file})
    tried(1, "names uploaded")

    kept = [path for path in media.rglob("*") if path.is_file()]
    if answer.status_code != 302:
        assert answer.status_code == 400
        assert not kept
        return
    stored = JobFile.objects.get()
    assert [path.relative_to(media) for path in kept] == [
        Path(stored.sha256[:2], stored.sha256[2:4], stored.sha256)
    ]
    assert 0 < len(stored.name) <= 255
    assert stored.name == clean_name(stored.name)
    assert not re.search(r"[/\\\x00-\x1f\u202a-\u202e\u2066-\u2069]", stored.name)
    page = desk.get(answer["Location"])
    assert page.status_code == 200
    assert "<script>alert" not in page.content.decode()


@pytest.fixture
def published(draft: Document) -> SourceFile:
    return publish(draft).files.get()


def test_hostile_and_random_names_come_back_whole_in_one_header(
    client: Client, published: SourceFile, tried: Tried
) -> None:
    seed = 20260101
    chance = random.Random(seed)
    names = HOSTILE + [
        "".join(chance.choices(ALPHABET, k=chance.randint(1, 300))) for _ in range(500)
    ]
    tried(len(names), "names in a header", seed=seed)
    address = f"/documents/{published.document.slug}/files/{published.pk}/"
    for name in names:
        cleaned = clean_name(name)
        assert 0 < len(cleaned) <= 255
        SourceFile.objects.filter(pk=published.pk).update(name=cleaned)
        answer = client.get(address)
        check_header(answer, cleaned)
        assert answer.getvalue()  # read to its end, the file is closed


def test_an_ordinary_name_is_left_as_it_is() -> None:
    for name in ("通知（2024年修订）.docx", "a b-c_d.pdf", "《办法》.txt", "年报 (1).pdf"):
        assert clean_name(name) == name
    long = clean_name("汉" * 300 + ".pdf")
    assert (len(long) <= 255, long.endswith(".pdf")) == (True, True)
