"""Why a file could not be read, in words that tell its uploader what to do next."""

from __future__ import annotations

from typing import ClassVar


class ExtractionError(Exception):
    """A file was refused; ``code`` is stable for programs, ``message`` is Chinese for people."""

    code: ClassVar[str] = "extraction"
    default: ClassVar[str] = "文件无法读取。请确认原文件能正常打开，再重新上传。"

    def __init__(self, message: str | None = None) -> None:
        self.message = message or self.default
        super().__init__(self.message)


class NotReadable(ExtractionError):
    """There is no such file, it is not a regular file, or it may not be opened."""

    code = "not-readable"
    default = "找不到文件，或没有读取权限。请检查路径和权限。"


class EmptyFile(ExtractionError):
    """The file holds no bytes, or nothing but blanks."""

    code = "empty-file"
    default = "文件是空的。请确认原文件有内容，再重新上传。"


class TooLarge(ExtractionError):
    """The file is larger than ``MAX_BYTES``."""

    code = "too-large"
    default = "文件超过 50 MB 的上限。请压缩其中的图片，或分成几个文件后再上传。"


class UnsupportedFormat(ExtractionError):
    """The content was recognised, or not recognised at all, and no reader takes it."""

    code = "unsupported-format"
    default = "不支持这种文件。请另存为 .docx、.pdf（带文字）、.txt 或 .md 后再上传。"


class FormatMismatch(ExtractionError):
    """The name's extension claims another type than the content has."""

    code = "format-mismatch"
    default = "文件内容与扩展名不符。请改正扩展名后再上传。"


class Encrypted(ExtractionError):
    """The file cannot be opened without a password."""

    code = "encrypted"
    default = "文件设有打开密码。请去掉密码，另存一份后再上传。"


class Damaged(ExtractionError):
    """The file is cut short or its structure is broken."""

    code = "damaged"
    default = "文件不完整或已损坏。请确认原文件能正常打开，再重新上传。"


class NoText(ExtractionError):
    """The file is sound and holds pictures of pages, but no text."""

    code = "no-text"
    default = (
        "文件里只有图像，没有可读的文字（多为扫描件）。请上传带文字的版本，或改用文字识别读取。"
    )


class LimitExceeded(ExtractionError):
    """Reading the file took more time, memory or output than one file may take."""

    code = "limit-exceeded"
    default = "读取这个文件占用的时间或内存超过上限。请另存一份，或分成几个文件后再上传。"


class ToolMissing(ExtractionError):
    """The format needs a program that is not installed on this machine."""

    code = "tool-missing"
    default = "服务器缺少读取这种文件的程序。请另存为 .docx 后上传，或请管理员安装。"


class ReaderUnavailable(ExtractionError):
    """The reading process could not be started or died for a reason of its own."""

    code = "reader-unavailable"
    default = "服务器暂时无法读取文件。请稍后再试；仍不成功请告知管理员。"


ERRORS: dict[str, type[ExtractionError]] = {
    error.code: error
    for error in (
        NotReadable,
        EmptyFile,
        TooLarge,
        UnsupportedFormat,
        FormatMismatch,
        Encrypted,
        Damaged,
        NoText,
        LimitExceeded,
        ToolMissing,
        ReaderUnavailable,
    )
}
