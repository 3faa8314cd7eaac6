"""Files uploaded in one go, for the tests of what becomes of them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from django.contrib.auth.models import User
from openpyxl import Workbook

from documents.batches import Upload, receive
from documents.models import Batch
from documents.work import work_once
from tests.documents.samples import NOTICE

Files = Mapping[str, bytes]


def text(number: int) -> bytes:
    """A notice that differs from its sisters by its number."""
    return NOTICE.replace("7号", f"{number}号").encode()


def zipped(files: Files, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def take_all_in(tmp_path: Path, files: Files, *, publish: bool = False) -> Batch:
    """Uploads *files* in one go and works everything off."""
    uploads = []
    for number, (name, content) in enumerate(files.items()):
        path = tmp_path / f"upload-{number}"
        path.write_bytes(content)
        uploads.append(Upload(path, name))
    batch = receive(uploads, User.objects.first(), publish=publish)
    while work_once("w"):
        pass
    batch.refresh_from_db()
    return batch


def reasons(batch: Batch) -> str:
    return "\n".join(f"{note['name']}：{note['reason']}" for note in batch.notes)


def kept(media: Path) -> int:
    return sum(file.is_file() for file in media.rglob("*"))


HEADINGS = "文件名,标题,发文机关,发文字号,成文日期,区,主题,公开属性"
ROW = "1.txt,给定的标题,上海市松江区财政局,松财[2023]第9号,2023/3/1,青浦区,人才,依申请公开"


def workbook() -> bytes:
    book, out = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADINGS.split(","))
    sheet.append(ROW.split(","))
    book.save(out)
    return out.getvalue()
