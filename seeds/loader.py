"""Loads the source documents the portal starts with, once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from documents.intake import take_in
from documents.models import Document
from documents.publishing import publish

FOLDER = Path(__file__).parent


class DamagedSeed(Exception):
    """A seed file is missing or differs from its checksum; restore it from the release."""


@dataclass(frozen=True, slots=True)
class Seed:
    """One line of the manifest: file name, document id, where it comes from, SHA-256 in hex."""

    file: str
    id: str
    origin: str
    sha256: str

    @property
    def path(self) -> Path:
        """Where the file lies."""
        return FOLDER / self.file


def seeds() -> tuple[Seed, ...]:
    """The manifest, in order."""
    rows = json.loads((FOLDER / "manifest.json").read_text("utf-8"))
    return tuple(Seed(**row) for row in rows)


def load_seeds() -> Iterator[tuple[Seed, bool]]:
    """Files and publishes what is not there yet; yields each seed and whether it was added.

    A seed that an editor withdrew or corrected is left as it is. Raises DamagedSeed.
    """
    known = set(
        Document.objects.filter(public_id__in=[seed.id for seed in seeds()]).values_list(
            "public_id", flat=True
        )
    )
    for seed in seeds():
        if seed.id in known:
            yield seed, False
            continue
        _check(seed)
        publish(take_in(seed.path, seed.file, public_id=seed.id))
        yield seed, True


def _check(seed: Seed) -> None:
    if not seed.path.is_file():
        raise DamagedSeed(f"{seed.path} is missing; restore it from the release.")
    if hashlib.sha256(seed.path.read_bytes()).hexdigest() != seed.sha256:
        raise DamagedSeed(f"{seed.path} differs from its checksum in seeds/manifest.json.")
