"""Quotations over several paragraphs: the words of another text, with numbers of their own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from documents.text.blocks import Block

_OPENS = re.compile(r"(?:^|[：:]\s?)“[^“”]*(?:“[^“”]*”[^“”]*)*$")
_LONGEST = 80  # paragraphs; a quotation mark without its partner quotes nothing


def quoted_blocks(blocks: Sequence[Block]) -> frozenset[int]:
    """The indexes of paragraphs that go on with a quotation opened in one above.

    GB/T 15834-2011, 4.8: of a quotation in several paragraphs each may open with a mark,
    only the last one closes. An amendment (修改为：“…”) gives the new wording so, items included.
    """
    found: set[int] = set()
    index = 0
    while index < len(blocks):
        text = blocks[index].text
        if "“" in text and _OPENS.search(text):
            last = _closing(blocks, index + 1)
            found.update(range(index + 1, last + 1))
            index = max(last, index)
        index += 1
    return frozenset(found)


def _closing(blocks: Sequence[Block], start: int) -> int:
    """The index of the paragraph that closes; the one before ``start`` where none does."""
    for index in range(start, min(start + _LONGEST, len(blocks))):
        text = blocks[index].text
        open_, close = text.count("“"), text.count("”")
        if close > open_ or (text.startswith("“") and open_ == close and text.endswith("”")):
            return index
    return start - 1
