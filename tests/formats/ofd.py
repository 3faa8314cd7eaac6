"""Prints set pages as OFD (GB/T 33190-2016), a text object a run."""

from __future__ import annotations

import io
import zipfile
from xml.sax.saxutils import escape

from tests.formats.layout import PAGE, Measure, Page, Print

_NS = 'xmlns:ofd="http://www.ofdspec.org/2016"'
_MM = 25.4 / 72
_FONTS = {"body": 1, "black": 2}


def print_ofd(pages: list[Page], measure: Measure) -> bytes:
    """The pages as an OFD file; coordinates are millimetres."""
    box = f"0 0 {PAGE[0] * _MM:.2f} {PAGE[1] * _MM:.2f}"
    listed = "".join(
        f'<ofd:Page ID="{10 + at}" BaseLoc="Pages/Page_{at}/Content.xml"/>'
        for at in range(len(pages))
    )
    members = {
        "OFD.xml": f'<ofd:OFD {_NS} Version="1.1" DocType="OFD"><ofd:DocBody><ofd:DocInfo>'
        "<ofd:DocID>0</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>"
        "</ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {_NS}><ofd:CommonData><ofd:MaxUnitID>9999"
        f"</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>{box}</ofd:PhysicalBox></ofd:PageArea>"
        f"<ofd:PublicRes>PublicRes.xml</ofd:PublicRes></ofd:CommonData><ofd:Pages>{listed}"
        "</ofd:Pages></ofd:Document>",
        "Doc_0/PublicRes.xml": f'<ofd:Res {_NS} BaseLoc="Res"><ofd:Fonts>'
        '<ofd:Font ID="1" FontName="仿宋_GB2312"/><ofd:Font ID="2" FontName="黑体"/>'
        "</ofd:Fonts></ofd:Res>",
    }
    for at, page in enumerate(pages):
        objects = "".join(
            _object(words, 1000 * (at + 1) + number, measure)
            for number, words in enumerate(page.prints)
        )
        members[f"Doc_0/Pages/Page_{at}/Content.xml"] = (
            f"<ofd:Page {_NS}><ofd:Content><ofd:Layer>{objects}"
            "</ofd:Layer></ofd:Content></ofd:Page>"
        )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, '<?xml version="1.0" encoding="UTF-8"?>' + content)
    return buffer.getvalue()


def _object(words: Print, number: int, measure: Measure) -> str:
    widths = [measure(char, words.face, words.size) * _MM for char in words.text]
    size = words.size * _MM
    left, top = words.x * _MM, words.y * _MM - size
    deltas = " ".join(f"{width:.3f}" for width in widths[:-1])
    weight = ' Weight="700"' if words.bold else ""
    return (
        f'<ofd:TextObject ID="{number}" Boundary="{left:.3f} {top:.3f} {sum(widths):.3f} '
        f'{1.3 * size:.3f}" Font="{_FONTS[words.face]}" Size="{size:.3f}"{weight}>'
        f'<ofd:TextCode X="0" Y="{size:.3f}" DeltaX="{deltas}">{escape(words.text)}'
        "</ofd:TextCode></ofd:TextObject>"
    )
