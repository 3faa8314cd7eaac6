"""The register a new portal starts with: places, issuing bodies and themes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.apps.registry import Apps

FOLDER = Path(__file__).parent / "reference"
"""Places after GB/T 2260; bodies and their 代字 as printed on documents of theirs."""


@cache
def full_names() -> dict[str, str]:
    """Each name and alias of the starting register with the body's full name; no database."""
    known: dict[str, str] = {}
    for body in _bodies():
        known[body.name] = body.name
        known.update((name, body.name) for name in body.names)
    return known


def fill_register(apps: Apps) -> None:
    """Adds what is missing of the starting register; what stands there already is left alone.

    *apps* may be a migration's historical registry.
    """
    district_model = apps.get_model("documents", "District")
    for order, row in enumerate(_read("districts.json")):
        district_model.objects.get_or_create(name=row["name"], defaults={**row, "order": order})
    for body in _bodies():
        _add_issuer(apps, body)
    theme_model = apps.get_model("documents", "Theme")
    for order, row in enumerate(_read("themes.json")):
        theme_model.objects.get_or_create(slug=row["slug"], defaults={**row, "order": order})


def _read(name: str) -> Any:
    return json.loads((FOLDER / name).read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class _Body:
    name: str
    district: str
    names: tuple[str, ...]
    codes: tuple[str, ...]


def _bodies() -> Iterator[_Body]:
    """The city's bodies as listed, and the usual bodies of each of its districts."""
    listed = _read("bodies.json")
    for row in listed["city"]:
        yield _Body(row["name"], "市级", tuple(row["names"]), tuple(row["codes"]))
    pattern = listed["district"]
    for place in _read("districts.json"):
        if place["name"] == "市级":
            continue
        for row in pattern["bodies"]:
            pieces = {"district": place["name"], **row}
            forms = (form for form in pattern["names"] if row["short"] or "{short}" not in form)
            full = pattern["full"].format(**pieces)
            names = tuple(form.format(**pieces) for form in forms)
            yield _Body(full, place["name"], names, tuple(listed["codes"].get(full, ())))


def _add_issuer(apps: Apps, body: _Body) -> None:
    district = apps.get_model("documents", "District").objects.get(name=body.district)
    issuer, _ = apps.get_model("documents", "Issuer").objects.get_or_create(
        name=body.name, defaults={"district": district}
    )
    name_model = apps.get_model("documents", "IssuerName")
    code_model = apps.get_model("documents", "IssuerCode")
    for model, key, values in ((name_model, "name", body.names), (code_model, "code", body.codes)):
        for value in values:
            model.objects.get_or_create(**{key: value}, defaults={"issuer": issuer})
