"""A schematic map: Shanghai's sixteen districts as tiles, each about where it lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from documents.catalogue import Holding

TILES = {
    "310151": "崇明区", "310114": "嘉定区", "310113": "宝山区", "310107": "普陀区",
    "310106": "静安区", "310109": "虹口区", "310110": "杨浦区", "310118": "青浦区",
    "310105": "长宁区", "310101": "黄浦区", "310115": "浦东新区", "310117": "松江区",
    "310112": "闵行区", "310104": "徐汇区", "310116": "金山区", "310120": "奉贤区",
}  # fmt: skip
"""Codes (GB/T 2260) and names from north to south; home.css gives each code its place."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A district with the number of its published documents, which may be none."""

    code: str
    name: str
    count: int

    @property
    def short(self) -> str:
        """Its name without 区 or 新区: a tile is narrow."""
        return self.name.removesuffix("新区").removesuffix("区")


@dataclass(frozen=True, slots=True)
class DistrictMap:
    """The tiles, and every other place that has documents, most documents first."""

    tiles: tuple[Tile, ...]
    elsewhere: tuple[Holding, ...]


def district_map(holdings: Sequence[Holding]) -> DistrictMap:
    """*holdings* on the map; without a document in any district there are no tiles."""
    counts = {holding.value: holding.count for holding in holdings}
    tiles = tuple(Tile(code, name, counts.get(name, 0)) for code, name in TILES.items())
    placed = {tile.name for tile in tiles}
    elsewhere = [holding for holding in holdings if holding.value not in placed]
    elsewhere.sort(key=lambda holding: -holding.count)
    return DistrictMap(tiles if any(tile.count for tile in tiles) else (), tuple(elsewhere))
