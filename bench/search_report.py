"""Turns figures into the tables of docs/performance.md, and keeps them as JSON beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

START = "<!-- measured: make bench writes from here -->"
END = "<!-- measured: to here -->"

Figures = dict[str, Any]


def written(found: list[Figures], docs: Path | None) -> str:
    """The tables as Markdown; put into *docs* when given."""
    text = "\n\n".join(map(_tables, found))
    if docs is not None:
        page = docs / "performance.md"
        known = page.read_text("utf-8")
        before, rest = known.split(START)
        _, after = rest.split(END)
        page.write_text(f"{before}{START}\n\n{text}\n\n{END}{after}", "utf-8")
        stored = json.dumps(found, ensure_ascii=False, indent=1)
        (docs / "performance.json").write_text(stored + "\n", "utf-8")
    return text


def _tables(figures: Figures) -> str:
    head = (
        f"### {figures['sections']:,} sections of {figures['documents']:,} documents, "
        f"{figures['characters'] / 1e6:.1f} million characters"
    )
    return "\n\n".join([head, _latency(figures), _rest(figures)])


def _latency(figures: Figures) -> str:
    engines = figures["engines"]
    kinds = list(next(iter(engines.values()))["kinds"])
    rows = [["CPU ms", "p50", "p95", *kinds]]
    for name, each in engines.items():
        rows.append([name, *(_short(each[key]) for key in ("p50", "p95"))])
        rows[-1] += [_short(each["kinds"][k]) if k in each["kinds"] else "–" for k in kinds]
    own = engines["portal"]
    for name, each in engines.items():
        if not name.startswith("portal"):
            ratios = [f"{each[key] / own[key]:.1f}x" for key in ("p50", "p95")]
            ratios += [
                f"{each['kinds'][kind] / own['kinds'][kind]:.1f}x" if kind in each["kinds"] else "–"
                for kind in kinds
            ]
            rows.append([f"{name} ÷ portal", *ratios])
    return _table(rows)


def _rest(figures: Figures) -> str:
    names = {
        "build_per_second": "build, sections a CPU second",
        "size_mb": "size, MB",
        "open_ms": "opening, CPU ms",
        "change_ms": "one document changed and visible, CPU ms",
        "differs": "queries whose hits / facet counts differ",
    }
    engines = {name: each for name, each in figures["engines"].items() if "size_mb" in each}
    rows = [["", *engines]]
    for key, label in names.items():
        rows.append([label, *(_cell(each.get(key)) for each in engines.values())])
    return _table(rows)


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        return f"{value['hits']} / {value['facets']}"
    return "–" if value is None else f"{value:,}"


def _short(value: float) -> str:
    return f"{value:.2f}" if value < 100 else f"{value:.0f}"


def _table(rows: list[list[str]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    lines.insert(1, "|" + "---|" * len(rows[0]))
    return "\n".join(lines)
