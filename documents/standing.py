"""Whether a document still holds, as far as its own text and others held here say so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from documents.citing import names_of
from documents.mentions import mentions_of
from documents.models import Citation, Document, DocumentName, Repeal, Status, Validity
from documents.models.reference import called
from documents.querysets import DocumentQuerySet
from documents.text import Repeal as ReadRepeal
from documents.text import SectionKind

MOST = 5
"""Documents of one name that are offered for one repeal."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What readers are told: the state, the words it rests on, and the document that says so."""

    label: str
    basis: str = ""
    by: Document | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A state that a text gives reason for; an editor decides whether it is taken.

    ``by`` is the other document that says so, None where the document's own text does.
    """

    validity: Validity
    basis: str
    by: Document | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """A name that a document repeals, with the published documents here that bear it."""

    named: str
    targets: tuple[Document, ...]


def repeal_rows(document: Document, repeals: Iterable[ReadRepeal]) -> list[Repeal]:
    """Rows for the names that *document* repeals, under the keys by which they are found."""
    return [
        Repeal(
            document=document,
            order=order,
            title=(repeal.title or "")[:500],
            ref_no=(repeal.ref_no or "")[:100],
            key=_key(repeal),
        )
        for order, repeal in enumerate(repeals)
    ]


def _key(repeal: ReadRepeal) -> str:
    named = repeal.ref_no or called(repeal.title, None)
    return next((mention.key for mention in mentions_of(named)), "")


def standing_of(document: Document, on: date) -> Standing | None:
    """What readers are told on a day; None when neither an editor nor the text says anything.

    An editor's word comes first. Else the text's own dates: that it names a day in force proves
    nothing about later days, so that 现行有效 needs a period that has not ended.
    """
    if document.validity:
        by = next(iter(_grounds(document, Validity(document.validity))), None)
        basis = by.basis if by else ""
        return Standing(document.get_validity_display(), basis, by.by if by else None)
    return standing_by_text(document, on)


def standing_by_text(document: Document, on: date) -> Standing | None:
    """What the text's own dates say of a day; None where they say nothing."""
    begins, ends = document.effective_date, document.expiry_date
    if begins and begins > on:
        return Standing(NOT_YET, f"原文规定自{_day(begins)}起施行")
    if ends and ends < on:
        return Standing(PAST, f"原文规定有效期至{_day(ends)}")
    if begins and ends:
        return Standing(Validity.IN_FORCE.label, f"原文规定有效期至{_day(ends)}")
    return None


NOT_YET = "尚未施行"
PAST = "有效期已过"

STATES = (*Validity.labels, NOT_YET, PAST)
"""Every label a document can have."""


def label_on(day: date, validity: str, begins: date | None = None, ends: date | None = None) -> str:
    """The label of `standing_of` from a document's own fields alone; empty when nothing is said."""
    if validity:
        return str(Validity(validity).label)
    if begins and begins > day:
        return NOT_YET
    if ends and ends < day:
        return PAST
    return str(Validity.IN_FORCE.label) if begins and ends else ""


def labelled(documents: DocumentQuerySet, labels: Iterable[str], day: date) -> DocumentQuerySet:
    """Those of *documents* that have one of *labels* on *day*; the empty label says nothing."""
    states = dict(zip(Validity.labels, Validity.values, strict=True))
    unsaid = Q(validity="")
    begun = Q(effective_date__isnull=True) | Q(effective_date__lte=day)
    going = Q(expiry_date__isnull=True) | Q(expiry_date__gte=day)
    bounded = Q(effective_date__isnull=False, expiry_date__isnull=False)
    known = {
        NOT_YET: unsaid & Q(effective_date__gt=day),
        PAST: unsaid & begun & Q(expiry_date__lt=day),
        "": unsaid & begun & going & ~bounded,
    }
    wanted = Q(pk__in=())
    for label in labels:
        if label in states:
            wanted |= Q(validity=states[label])
        if label == Validity.IN_FORCE.label:
            wanted |= unsaid & begun & going & bounded
        wanted |= known.get(label, Q(pk__in=()))
    return documents.filter(wanted)


def suggestions_for(document: Document, on: date) -> tuple[Suggestion, ...]:
    """States other than the present one that texts held here give reason for, gravest first."""
    found = [*_grounds(document, Validity.REPEALED), *_grounds(document, Validity.AMENDED)]
    if not found:
        found = list(_own_period(document, on))
    return tuple(each for each in found if each.validity != document.validity)


def _own_period(document: Document, on: date) -> Iterator[Suggestion]:
    begins, ends = document.effective_date, document.expiry_date
    if begins is None or begins > on or (ends and ends < on):
        return
    until = f"，有效期至{_day(ends)}" if ends else "，没有写有效期；库中没有废止或修改它的文件"
    yield Suggestion(Validity.IN_FORCE, f"原文规定自{_day(begins)}起施行{until}")


def _grounds(document: Document, validity: Validity) -> list[Suggestion]:
    """The published documents that repeal or amend this one, the latest first."""
    if validity is Validity.IN_FORCE:
        return []
    keys = set(_names(document))
    other = Document.objects.published().exclude(pk=document.pk).newest()
    if validity is Validity.REPEALED:
        word = "废止"
        acts = list(other.filter(pk__in=Repeal.objects.filter(key__in=keys).values("document")))
    else:
        word = "修改"
        citing = Citation.objects.filter(key__in=keys).values("document")
        amending = Q(title__contains="修改") | Q(title__contains="修正")
        acts = [
            act
            for act in other.filter(amending, pk__in=citing)
            if keys & {mention.key for mention in mentions_of(act.title)}
        ]
    return [
        Suggestion(validity, f"《{act.title}》{word}了它", act)
        for act in acts
        if not _older(act, document)
    ]


def _names(document: Document) -> dict[str, str]:
    parts = document.sections.filter(kind=SectionKind.PART).values_list("anchor", "heading")
    return names_of(document.title, document.ref_no, document.issuer_names, parts)


def _older(act: Document, document: Document) -> bool:
    """Whether *act* is dated before *document* and so cannot speak of it."""
    dates = act.written_date, document.written_date
    return dates[0] is not None and dates[1] is not None and dates[0] < dates[1]


def offers_of(document: Document) -> tuple[Offer, ...]:
    """What *document* repeals, each name with the documents here that it may mean.

    A name can fit several, of different bodies; which is meant an editor decides.
    """
    repeals = list(document.repeals.all())
    bearers = _bearers(document, [repeal.key for repeal in repeals if repeal.key])
    return tuple(
        Offer(str(repeal), tuple(bearers.get(repeal.key, ())[:MOST])) for repeal in repeals
    )


def _bearers(document: Document, keys: Sequence[str]) -> dict[str, list[Document]]:
    bearers: dict[str, list[Document]] = {}
    if not keys:
        return bearers
    rows = DocumentName.objects.filter(key__in=keys, document__status=Status.PUBLISHED)
    rows = rows.exclude(document=document).select_related("document__district")
    for row in rows.order_by("-document__written_date", "document"):
        if not _older(document, row.document):
            bearers.setdefault(row.key, []).append(row.document)
    return bearers


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
