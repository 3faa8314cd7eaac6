"""Gives documents the addresses they keep."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable

from pypinyin import Style, lazy_pinyin

from documents.models import Document, FormerSlug
from documents.text import ReferenceNumber

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""Digits and letters that nobody mistakes for one another when reading them out."""


def new_public_id() -> str:
    """A fresh identifier for a document that came without one."""
    return "D" + "".join(secrets.choice(ALPHABET) for _ in range(11))


def slug_for(
    ref: ReferenceNumber | None,
    public_id: str,
    taken: Iterable[str] = (),
    own: Document | None = None,
) -> str:
    """A short, typeable address: 青科委〔2025〕1号 gives ``qkw-2025-1``, else the identifier.

    The initials of the 机关代字 are no key (several codes share them), so a taken address gets
    a counter. *taken* are addresses promised in this run but not yet in the database; *own* is
    the document itself, whose present address is free for it.
    """
    if ref is None:
        base = re.sub(r"[^a-z0-9]+", "-", public_id.lower()).strip("-") or new_public_id().lower()
    else:
        initials = "".join(lazy_pinyin(ref.code, style=Style.FIRST_LETTER))
        letters = re.sub(r"[^a-z0-9]", "", initials.lower())
        base = f"{letters or 'doc'}-{ref.year}-{ref.serial}"
    return _free(base[:100], set(taken), own)


def _free(base: str, promised: set[str], own: Document | None) -> str:
    others = Document.objects.exclude(pk=own.pk) if own else Document.objects.all()
    used = promised | set(others.filter(slug__startswith=base).values_list("slug", flat=True))
    used |= set(FormerSlug.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    slug, counter = base, 1
    while slug in used:
        counter += 1
        slug = f"{base}-{counter}"
    return slug


def short_of(pk: int) -> str:
    """The document's key in short addresses: its primary key in figures nobody misreads."""
    figures = ""
    while pk:
        pk, figure = divmod(pk, len(ALPHABET))
        figures = ALPHABET[figure] + figures
    return figures or ALPHABET[0]


def pk_of_short(key: str) -> int:
    """The primary key that *key* stands for; 0, which no document has, for anything else."""
    pk = 0
    for figure in key.lower()[:13]:
        if figure not in ALPHABET:
            return 0
        pk = pk * len(ALPHABET) + ALPHABET.index(figure)
    return pk if pk < 1 << 63 else 0
