"""A form field for texts of several lines, as readers type them."""

from __future__ import annotations

from typing import Any

from django import forms


class LinesField(forms.CharField):
    """Text whose ends of line are one character each, as the browser counts them.

    Forms are sent with two (CR LF, HTML 4.10.21): a note that just fits the browser's maxlength
    would be refused, and compared with what is kept it would be another.
    """

    def to_python(self, value: Any) -> str:
        """*value* with plain ends of line, without blanks around it."""
        return super().to_python(value.replace("\r\n", "\n") if value else value) or ""
