"""What can be wrong with an index, each with its cure."""

from __future__ import annotations


class IndexUnusable(Exception):
    """The index cannot answer or take changes now; the message names the cure."""


class IndexMissing(IndexUnusable):
    """There is no index yet."""


class IndexDamaged(IndexUnusable):
    """The files of the index are not what its manifest says, or cannot be read."""


class IndexBusy(IndexUnusable):
    """Another process holds the index's lock for longer than we wait."""
