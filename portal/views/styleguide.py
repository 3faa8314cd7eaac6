"""Shows every piece of the design on one page, where the portal runs for its developers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

TOKENS = Path(__file__).resolve().parent.parent / "static" / "css" / "tokens.css"
_COLOUR = re.compile(r"^  --([a-z-]+): #", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Swatch:
    """A colour of tokens.css; the style sheet of the page paints it by its name."""

    name: str


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """The tokens as they stand in their file, and the pieces in the states they can have."""
    names = dict.fromkeys(_COLOUR.findall(TOKENS.read_text("utf-8")))
    return render(request, "styleguide.html", {"swatches": [Swatch(name) for name in names]})
