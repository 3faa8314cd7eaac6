"""Reads search and pages ahead, before a web server takes its first request."""

from __future__ import annotations

from django.conf import settings
from django.template.loader import get_template
from django.urls import reverse

from search_indexes import warm


def warm_up() -> None:
    """Reads what searches need, every template of the portal and the table of addresses."""
    warm.warm_up()
    reverse("home")
    folder = settings.BASE_DIR / "templates"
    for file in sorted(folder.rglob("*.html")):
        get_template(file.relative_to(folder).as_posix())
