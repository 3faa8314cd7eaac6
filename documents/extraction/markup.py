"""Parses untrusted XML: no entities, no document type, no outside references."""

from __future__ import annotations

import re
from typing import TypeAlias

from lxml import etree

from documents.extraction.errors import Damaged

Element: TypeAlias = etree._Element

_DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_REFUSED = "文件的内部结构不正常（含有文档类型声明）。请用原来的软件另存一份再上传。"


def parse_xml(data: bytes) -> Element:
    """The root of ``data``; raises ``Damaged`` when it is broken or declares a document type.

    ``huge_tree`` stays off: libxml2 then refuses more than 256 nested elements, which keeps
    the recursive readers within bounds.
    """
    # In UTF-16 the declaration is found once the parser has run; in UTF-8 it never runs.
    if _DOCTYPE.search(data[:65536]):
        raise Damaged(_REFUSED)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Damaged from error
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]
        raise Damaged(_REFUSED)
    return root
