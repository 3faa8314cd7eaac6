"""Turns the bytes of a text file into characters."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from documents.extraction.errors import UnsupportedFormat

_BOMS = (  # UTF-32 first: its little-endian mark starts with the one of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_GB_FAMILY = {"gb2312", "gbk", "cp936", "gb18030", "hz"}
_EAST_ASIAN = _GB_FAMILY | {
    "big5", "big5hkscs", "cp950", "shift_jis", "shift_jis_2004", "cp932", "euc_jp",
    "euc_jis_2004", "euc_kr", "cp949", "johab",
}  # fmt: skip
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_SAMPLE = 100_000
_NOT_TEXT = (
    "文件不是文本，也不是能识别的文档。请另存为 .docx、.pdf（带文字）、.txt 或 .md 后再上传。"
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """Characters, the encoding they were read in, and whether that was a guess."""

    text: str
    encoding: str
    guessed: bool


def decode(data: bytes) -> Decoded:
    """Read ``data`` as text: byte order mark, strict UTF-8, bare UTF-16, then a guess.

    GB2312 and GBK are read as GB18030, which holds both. Control characters that a stray
    tool left behind are dropped. Raises ``UnsupportedFormat`` when this is no text.
    """
    found = _marked(data) or _utf8(data) or _bare_utf16(data) or _guess(data)
    if found is None:
        raise UnsupportedFormat(_NOT_TEXT)
    controls = len(_CONTROLS.findall(found.text)) + found.text.count("\ufffd")
    if "\0" in found.text or controls > max(2, len(found.text) // 100):
        raise UnsupportedFormat(_NOT_TEXT)
    return Decoded(_CONTROLS.sub("", found.text), found.encoding, found.guessed)


def _marked(data: bytes) -> Decoded | None:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return Decoded(data.decode(encoding, "replace"), encoding, guessed=False)
    return None


def _utf8(data: bytes) -> Decoded | None:
    if b"\0" in data:
        return None
    try:
        return Decoded(data.decode("utf-8"), "utf-8", guessed=False)
    except UnicodeDecodeError as error:
        # A file cut in the middle of its last character is still UTF-8.
        if error.start < max(1, len(data) - 3) or error.reason != "unexpected end of data":
            return None
        return Decoded(data[: error.start].decode("utf-8"), "utf-8", guessed=False)


def _bare_utf16(data: bytes) -> Decoded | None:
    """UTF-16 without a mark, known by its line ends and blanks: ASCII with a zero byte."""
    if b"\0" not in data:
        return None
    for encoding in ("utf-16-le", "utf-16-be"):
        text = data.decode(encoding, "replace")
        sample = text[:20_000]
        if sample and sum(map(_is_usual, sample)) >= 0.9 * len(sample):
            return Decoded(text, encoding, guessed=True)
    return None


def _is_usual(char: str) -> bool:
    point = ord(char)
    return (
        0x20 <= point < 0x7F
        or char in "\t\n\r\f"
        or 0x4E00 <= point <= 0x9FFF
        or 0x2010 <= point <= 0x203B
        or 0x3000 <= point <= 0x303F
        or 0xFF00 <= point <= 0xFFEF
    )


def _guess(data: bytes) -> Decoded | None:
    if b"\0" in data:
        return None
    for encoding in _candidates(_sample(data)):
        try:
            return Decoded(data.decode(encoding), encoding, guessed=True)
        except UnicodeDecodeError:
            continue
    # A few broken bytes in a text that is Chinese beyond doubt do not lose the whole file.
    text = data.decode("gb18030", "replace")
    if _common_han_share(data) >= 0.9 and text.count("\ufffd") * 200 < len(text):
        return Decoded(text, "gb18030", guessed=True)
    return None


def _sample(data: bytes) -> bytes:
    """The first lines; 0x0A is never the second byte of a character in these encodings."""
    return data if len(data) <= _SAMPLE else data[: data.rfind(b"\n", 0, _SAMPLE) + 1 or _SAMPLE]


def _candidates(sample: bytes) -> list[str]:
    names = ["gb18030"] if _common_han_share(sample) >= 0.9 else []
    import charset_normalizer  # noqa: PLC0415  30 ms that only text of unknown encoding pays

    best = charset_normalizer.from_bytes(sample).best()
    if best is not None:
        name = "gb18030" if best.encoding in _GB_FAMILY else best.encoding
        ascii_share = sum(byte < 0x7F for byte in sample) / max(1, len(sample))
        if name in _EAST_ASIAN or ascii_share > 0.9:
            names.append(name)
    return names


def _common_han_share(data: bytes) -> float:
    """How much of the two-byte text is GB 2312's common characters and punctuation.

    Rows 16 to 55 of GB 2312 are its 3,755 commonest characters; Big5 and Shift-JIS text read
    as pairs falls outside them more often than not.
    """
    common = pairs = position = 0
    sample = data[:20_000]
    while position < len(sample) - 1:
        lead, trail = sample[position], sample[position + 1]
        if lead < 0x80:
            position += 1
            continue
        pairs += 1
        common += trail >= 0xA1 and (0xB0 <= lead <= 0xD7 or lead in {0xA1, 0xA3})
        position += 2
    return common / pairs if pairs else 0.0
