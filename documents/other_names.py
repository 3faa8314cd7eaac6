"""The other names of a document: which are kept, and which the texts held here give it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from documents.citing import names_of
from documents.mentions import mentions_of, title_key
from documents.models import Citation, Document, DocumentName, OtherName, Section
from documents.text import SectionKind
from documents.text.characters import skeleton

MOST = 20
LONGEST = 100
SHORTEST = 2
MOST_PLACES = 200
"""Places in other documents that are looked at for names they give this one."""

# 《甲》（国发〔2023〕15号）（以下简称《乙》）, 《甲》（国发〔2023〕15号，以下简称乙）
_SHORT = re.compile(
    r"[》〉]?\s*(?:[（(][^（）()\n]{1,60}[）)]\s*)?[（(](?:[^（）()\n]{1,60}[，,；;]\s*)?"
    r"以下(?:统称|简称|合称)为?[：:]?\s*[“\"《]{0,2}([^（）()“”\"《》\n，。]{2,40})[”\"》]{0,2}\s*[）)]"
)


class WrongName(ValueError):
    """A name cannot be kept; the message says why, in Chinese."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """A name that a text gives the document; ``basis`` says which, ``url`` leads there."""

    name: str
    basis: str
    url: str


def cleaned(names: Iterable[str], title: str = "") -> tuple[str, ...]:
    """*names* in order, each once, without brackets around them and without the title itself.

    Two that differ in punctuation, blanks and width alone are one. Raises WrongName.
    """
    kept: dict[str, str] = {}
    for name in names:
        bare = " ".join(name.split()).removeprefix("《").removesuffix("》").strip()
        if not bare:
            continue
        if len(bare) > LONGEST:
            raise WrongName(f"又称“{bare[:20]}…”超过 {LONGEST} 个字。")
        if len(skeleton(bare)) < SHORTEST:
            raise WrongName(f"又称“{bare}”太短，至少要有 {SHORTEST} 个字。")
        kept.setdefault(skeleton(bare), bare)
    kept.pop(skeleton(title), None)
    if len(kept) > MOST:
        raise WrongName(f"又称最多写 {MOST} 个。")
    return tuple(kept.values())


def write(document: Document, names: Iterable[str]) -> str:
    """Keeps *names* (cleaned) in place of those it has; gives the words for its history.

    Call it in the transaction that lets the index hear of the change.
    """
    wanted = tuple(names)
    if tuple(document.other_names.values_list("name", flat=True)) == wanted:
        return ""
    document.other_names.all().delete()
    OtherName.objects.bulk_create(
        OtherName(document=document, name=name, order=order) for order, name in enumerate(wanted)
    )
    return f"，又称改为{'、'.join(wanted) or '无'}"


def proposed(document: Document) -> tuple[Proposed, ...]:
    """Names that *document* itself or a published one that cites it gives it, by 以下简称.

    Only where the words before the bracket name this document and no other one held here, and
    only names that tell it from others: 《办法》 does not.
    """
    parts = document.sections.filter(kind=SectionKind.PART).values_list("anchor", "heading")
    keys = set(names_of(document.title, document.ref_no, document.issuer_names, parts))
    others = DocumentName.objects.filter(key__in=keys).exclude(document=document)
    keys -= set(others.values_list("key", flat=True))
    known = {skeleton(name) for name in document.other_names.values_list("name", flat=True)}
    known.add(skeleton(document.title))
    found: dict[str, Proposed] = {}
    for section in _places(document, keys):
        for name in _given(f"{section.heading}\n{section.text}", keys):
            if title_key(name) and title_key(name) not in keys and skeleton(name) not in known:
                found.setdefault(skeleton(name), _proposed(name, section, document))
    return tuple(found.values())


def _places(document: Document, keys: set[str]) -> Iterator[Section]:
    """Where the document may be named with a shorter name: in itself, and where it is cited."""
    told = Section.objects.filter(text__contains="以下").select_related("document")
    yield from told.filter(document=document).order_by("order")
    rows = Citation.objects.filter(key__in=keys).exclude(document=document).order_by("pk")
    cited = set(rows.values_list("document_id", "anchor")[:MOST_PLACES])
    where = told.filter(
        document__in={pk for pk, _ in cited}, anchor__in={anchor for _, anchor in cited}
    )
    for section in where.order_by("document_id", "order"):
        if (section.document_id, section.anchor) in cited and section.document.is_published:
            yield section


def _given(text: str, keys: set[str]) -> Iterator[str]:
    for mention in mentions_of(text):
        if mention.key in keys and (match := _SHORT.match(text, mention.end)):
            yield match.group(1).strip()


def _proposed(name: str, section: Section, document: Document) -> Proposed:
    own = section.document_id == document.pk
    basis = "原文中的简称" if own else f"《{section.document.title}》这样称它"
    return Proposed(name, basis, f"{section.document.get_absolute_url()}#{section.anchor}")
