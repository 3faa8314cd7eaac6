"""Says why a section is where it is in the answer, for editors who ask."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

from search_indexes.analysis import characters, index_words, words
from search_indexes.chained import chain_of, pieces
from search_indexes.engine.queries import STATE
from search_indexes.engine.values import FoundDocument, FoundSection
from search_indexes.order import in_order
from search_indexes.request import Query, TermKind


def reasons(query: Query, document: FoundDocument, section: FoundSection) -> tuple[str, ...]:
    """Chinese sentences: for every term and synonym, where it stands and how often."""
    shown = section.shown["shown"]
    places = _places(document.card.shown, shown)
    found = [f"本节得分 {section.score:.2f}，文件得分 {document.score:.2f}{_lift(document)}。"]
    for term in (term for term in query.terms if not term.excluded):
        texts = pieces(term.text, term.kind) if chain_of(term) else (term.text,)
        found += [_of(text, term.kind, places) for text in texts]
        found += [_of(other, TermKind.WORDS, places, "同义词") for other in term.also]
    own = characters(f"{shown['label']}{shown['text']}")
    card = document.card.shown
    names = [characters(name) for name in card.get("other_names", ())]
    found += _in_one_piece(query, characters(card["title"]), names, own)
    return tuple(filter(None, found))


SEEN = 0.0005


def _lift(document: FoundDocument) -> str:
    """What the document's date gave it over its best section."""
    best = document.sections[0].score
    gained = document.score / best - 1 if best else 0.0
    return f"（成文日期较近，加 {gained:.1%}）" if gained >= SEEN else ""


def _in_one_piece(query: Query, title: str, names: list[str], own: str) -> list[str]:
    wanted = in_order(query)
    close = [run for run in dict.fromkeys(map("".join, pairwise(wanted.words))) if run in own]
    found = [f"相邻的词在本节连着出现：{'、'.join(close)}。"] if close else []
    if wanted.characters and title in (wanted.characters, f"{STATE}{wanted.characters}"):
        found.append("检索词就是文件标题。")
    elif wanted.characters in names:
        found.append("检索词就是文件的又称。")
    return found


Places = dict[str, tuple[str, Counter[str]]]


def _places(card: dict[str, Any], shown: dict[str, Any]) -> Places:
    texts = {
        "文件标题": card["title"],
        "又称": "、".join(card.get("other_names", ())),
        "发文机关": "".join(card["issuers"]),
        "文号": card["ref_no"] or "",
        "章节标题": "".join(shown["path"]),
        "正文": shown["text"],
    }
    return {
        name: (characters(text), Counter(index_words(text))) for name, text in texts.items() if text
    }


def _of(text: str, kind: TermKind, places: Places, what: str = "检索词") -> str:
    bare = characters(text)
    parts = [
        f"{name}原样出现 {bare_text.count(bare)} 次"
        for name, (bare_text, _) in places.items()
        if bare and bare in bare_text
    ]
    if kind is TermKind.WORDS:
        for word in words(text):
            counted = {name: counts[word] for name, (_, counts) in places.items()}
            held = [f"{name} {count} 次" for name, count in counted.items() if count]
            if word != bare and held:
                parts.append(f"词“{word}”在{'、'.join(held)}")
    return f"{what}“{text}”：{'；'.join(parts)}。" if parts else ""
