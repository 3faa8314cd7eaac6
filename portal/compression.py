"""Sends text compressed; files go as they are."""

from __future__ import annotations

import re

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

TEXT = re.compile(
    r"text/|image/svg\+xml|application/(?:json|javascript|(?:[\w.-]+\+)?(?:xml|json))\b"
)
"""Types that shrink; a PDF, a picture or a Word file is compressed already."""


class CompressText(GZipMiddleware):
    """Django's gzip, which hides a page's length behind up to a hundred random bytes (BREACH).

    Answers that stream are left alone: originals keep their length, so that a download shows how
    far it is, and their bytes are what the checksum was taken of. Static files come compressed
    from the disk.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """The answer, with ``Content-Encoding`` and ``Vary`` where it is text."""
        if response.streaming or not TEXT.match(response.get("Content-Type", "")):
            return response
        return super().process_response(request, response)
