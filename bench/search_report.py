"""Turns figures into the tables of docs/performance.md, and keeps them as JSON beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

START = "<!-- measured: make bench writes from here -->"
END = "<!-- measured: to here -->"

Figures = dict[str, Any]


def written(found: list[Figures], docs: Path | None) -> str:
    """The tables as Markdown; with *docs*, put there with those of other sizes measured before."""
    text = _whole(found)
    if docs is not None:
        data, page = docs / "performance.json", docs / "performance.md"
        known: list[Figures] = json.loads(data.read_text("utf-8")) if data.exists() else []
        by_size = {figures["sections"]: figures for figures in [*known, *found]}
        every = [by_size[size] for size in sorted(by_size)]
        stored = json.dumps(every, ensure_ascii=False, indent=1)
        data.write_text(stored + "\n", "utf-8")
        before, rest = page.read_text("utf-8").split(START)
        _, after = rest.split(END)
        page.write_text(f"{before}{START}\n\n{_whole(every)}\n\n{END}{after}", "utf-8")
    return text


def _whole(found: list[Figures]) -> str:
    return "\n\n".join([*map(_tables, found), "### How cost grows", _growth(found)])


def _growth(found: list[Figures]) -> str:
    """Every size in one table, beside the time that reading the postings alone would take."""
    rows = [["", *(f"{figures['sections']:,} sections" for figures in found)]]
    for key, label in {
        "postings_kb_p50": "postings of a question, kB, p50",
        "postings_kb_p95": "postings of a question, kB, p95",
        "memory_gb_per_second": "memory read, GB a second",
    }.items():
        rows.append([label, *(_cell(figures.get(key)) for figures in found)])
    rows.append(["postings at that speed, ms, p50", *(_at_memory_speed(f, "p50") for f in found)])
    rows.append(["postings at that speed, ms, p95", *(_at_memory_speed(f, "p95") for f in found)])
    for name, key, label in (
        ("portal", "p50", "portal, CPU ms, p50"),
        ("portal", "p95", "portal, CPU ms, p95"),
        ("portal, first use", "p50", "portal, first use, CPU ms, p50"),
        ("portal, first use", "p95", "portal, first use, CPU ms, p95"),
        ("portal", "fresh_open_ms", "opening in a new process, CPU ms"),
        ("portal", "fresh_first_ms", "first question of a new process, CPU ms"),
        ("portal", "change_ms", "one document changed and visible, CPU ms"),
        ("portal", "size_mb", "size, MB"),
    ):
        rows.append([label, *(_cell(f["engines"].get(name, {}).get(key)) for f in found)])
    return _table(rows)


def _at_memory_speed(figures: Figures, percentile: str) -> str:
    kilobytes = figures.get(f"postings_kb_{percentile}")
    if kilobytes is None:
        return "–"
    return f"{kilobytes / 1e3 / figures['memory_gb_per_second']:.3f}"


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
        "from_text_rjieba": "from text with rjieba, sections a CPU second",
        "from_text_jieba": "from text with jieba, sections a CPU second",
        "open_ms": "opening, CPU ms",
        "fresh_open_ms": "opening in a new process, CPU ms",
        "fresh_first_ms": "first question of a new process, CPU ms",
        "memory_mb": "memory of a worker beyond mapped files, MB",
        "memory_before_mb": "of which before the index is opened, MB",
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
