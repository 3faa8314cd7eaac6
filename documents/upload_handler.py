"""Takes uploads off the wire: to disk, and never more of a file than one file may have."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, TemporaryFileUploadHandler

from documents.extraction import MAX_BYTES

MAX_REQUEST = 1 << 30
"""The most bytes that one request may bring; more at once goes in several uploads."""


class BoundedUpload(TemporaryFileUploadHandler):
    """Writes an upload to a temporary file; what is past the limit is counted, not kept.

    The form then refuses the file by its name and size, and the disk has held no more than a
    file that would be read.
    """

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803 - Django's name
        content_length: int,
        boundary: Any,
        encoding: Any = None,
    ) -> None:
        """Raises RequestDataTooBig, a 400, before a byte of an endless request is taken."""
        super().handle_raw_input(input_data, META, content_length, boundary, encoding)
        if content_length > MAX_REQUEST:
            raise RequestDataTooBig(f"{content_length} bytes in one request.")

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Opens the temporary file under a name of ours: an ending of 300 letters is no ending."""
        FileUploadHandler.new_file(self, *args, **kwargs)
        self.file = TemporaryUploadedFile(
            "upload", self.content_type or "", 0, self.charset, self.content_type_extra
        )
        self.file.name = self.file_name

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keeps the part of the chunk that lies within the limit, and one byte past it."""
        room = MAX_BYTES + 1 - start
        if room > 0:
            with self._kept_or_gone():
                super().receive_data_chunk(raw_data[:room], start)

    def file_complete(self, file_size: int) -> Any:
        """The file; what is still in memory is written first."""
        with self._kept_or_gone():
            return super().file_complete(file_size)

    @contextmanager
    def _kept_or_gone(self) -> Iterator[None]:
        """A disk that is full must not hold the part that was written until somebody tidies up."""
        try:
            yield
        except OSError:
            with suppress(OSError):  # closing writes what is in memory, and fails like the rest
                self.file.close()
            Path(self.file.temporary_file_path()).unlink(missing_ok=True)
            raise
