"""What a template asks for by name, answered without a detour."""

from __future__ import annotations

from typing import Any


class Named:
    """A value whose fields are also its items.

    Templates try ``value["name"]`` before ``value.name``; answering at once spares them an
    exception for each of the thousands of names that a long page asks for.
    """

    __slots__ = ()

    def __getitem__(self, name: str) -> Any:
        try:
            return getattr(self, name)
        except (AttributeError, TypeError) as error:
            raise KeyError(name) from error
