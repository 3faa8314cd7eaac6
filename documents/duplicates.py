"""Finds what a document repeats: the same file, wording or number, or nearly the same text."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from django.db.models import Count, Q

from documents import minhash
from documents.models import Document, Section, Signature, SignatureBand
from documents.text.characters import skeleton

NEAR = 0.7
"""Similarity of shingles from which two texts are nearly the same: the same document with 3 % of
its characters misread still has 0.8, different documents have at most 0.05."""

PARTLY = 0.4
"""Similarity from which one text holds a good part of the other: half of a text has 0.44."""

_COMPARED = 500  # candidates whose signatures are compared, those that share most bands first


class TwinKind(Enum):
    """In what two documents agree, the gravest first."""

    FILE = "原件相同"
    TEXT = "文字相同"
    NUMBER = "文号相同"
    NEAR = "文字几乎相同"
    PARTLY = "部分文字相同"


@dataclass(frozen=True, slots=True)
class Twin:
    """Another document with what it shares; ``similarity`` of the texts (0 to 1) if estimated."""

    kind: TwinKind
    document: Document
    similarity: float | None = None

    @property
    def percent(self) -> int | None:
        """The similarity for people; texts that differ at all are at most 99 % alike."""
        if self.similarity is None:
            return None
        most = 100 if self.kind in {TwinKind.FILE, TwinKind.TEXT} else 99
        return min(round(100 * self.similarity), most)

    @property
    def grave(self) -> bool:
        """Whether publishing waits for an editor's word."""
        return self.kind is not TwinKind.PARTLY


def sign(documents: Iterable[Document]) -> None:
    """Keeps the signatures of these documents' present wording in place of earlier ones.

    Call it in the transaction that wrote their sections; a fixed number of queries.
    """
    keys = [document.pk for document in documents]
    texts: dict[int, list[str]] = {key: [] for key in keys}
    rows = Section.objects.filter(document__in=keys).order_by("document", "order")
    for key, number, heading, text in rows.values_list("document", "number", "heading", "text"):
        texts[key] += (number, heading, text)
    write_signatures({key: "".join(pieces) for key, pieces in texts.items()})


def write_signatures(texts: dict[int, str]) -> None:
    """Keeps signatures of *texts*, whole wordings by their documents' primary keys."""
    letters = {key: skeleton(text) for key, text in texts.items()}
    signatures = {key: minhash.signature_of_letters(text) for key, text in letters.items()}
    Signature.objects.filter(document__in=texts).delete()
    SignatureBand.objects.filter(document__in=texts).delete()
    known = {key: signature for key, signature in signatures.items() if signature}
    Signature.objects.bulk_create(
        Signature(
            document_id=key,
            text_hash=hashlib.sha256(letters[key].encode("utf-8", "surrogatepass")).hexdigest(),
            minima=minhash.packed(signature),
        )
        for key, signature in known.items()
    )
    bands = (
        SignatureBand(document_id=key, key=band)
        for key, signature in known.items()
        for band in minhash.bands_of(signature)
    )
    SignatureBand.objects.bulk_create(bands, batch_size=5000)


def twins_of(document: Document) -> tuple[Twin, ...]:
    """Each document that *document* repeats, once, by the gravest of what they share.

    The document itself is left out; others count whatever their status. Takes six queries.
    """
    own = Signature.objects.filter(document=document).first()
    alike = _alike(document, own) if own else {}
    kinds: dict[int, TwinKind] = {
        key: TwinKind.NEAR if degree >= NEAR else TwinKind.PARTLY for key, degree in alike.items()
    }
    others = Document.objects.exclude(pk=document.pk)
    if number := _same_number(document):
        kinds |= dict.fromkeys(others.filter(number).values_list("pk", flat=True), TwinKind.NUMBER)
    if own:
        same = others.filter(signature__text_hash=own.text_hash)
        kinds |= dict.fromkeys(same.values_list("pk", flat=True), TwinKind.TEXT)
    hashes = document.files.values("sha256")
    same = others.filter(files__sha256__in=hashes)
    kinds |= dict.fromkeys(same.values_list("pk", flat=True), TwinKind.FILE)
    order = list(TwinKind)
    twins = [
        Twin(kinds[found.pk], found, alike.get(found.pk))
        for found in Document.objects.filter(pk__in=kinds).for_listing()
    ]
    return tuple(sorted(twins, key=lambda t: (order.index(t.kind), -(t.similarity or 0))))


def _same_number(document: Document) -> Q | None:
    if document.ref_code and document.ref_year and document.ref_serial:
        return Q(
            ref_code=document.ref_code, ref_year=document.ref_year, ref_serial=document.ref_serial
        )
    return Q(ref_no=document.ref_no) if document.ref_no else None


def _alike(document: Document, own: Signature) -> dict[int, float]:
    """Documents that share a band and are alike enough, with their similarity."""
    signature = minhash.unpacked(bytes(own.minima))
    sharing = (
        SignatureBand.objects.filter(key__in=minhash.bands_of(signature))
        .exclude(document=document)
        .values("document")
        .annotate(shared=Count("pk"))
        .order_by("-shared")[:_COMPARED]
    )
    candidates = [row["document"] for row in sharing]
    found = {}
    for other in Signature.objects.filter(document__in=candidates):
        degree = minhash.similarity(signature, minhash.unpacked(bytes(other.minima)))
        if degree >= PARTLY:
            found[other.document_id] = degree
    return found
