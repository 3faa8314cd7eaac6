"""How Chinese sounds: syllables without tones, initials, and sounds often taken for each other."""

from __future__ import annotations

from functools import lru_cache

from pypinyin import lazy_pinyin

from search_indexes.analysis import cut

# Retroflex and flat initials, front and back nasals: the pairs input methods call 模糊音.
_CONFUSED = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ang", "an"), ("eng", "en"), ("ing", "in"))


def syllables(text: str) -> tuple[str, ...]:
    """The syllable of every character of *text*, without tones; other characters as they are.

    A character with several readings is read as in the word it stands in (银行: yin hang).
    """
    # Words first: by itself the table of readings would find 持重 in 支持重庆.
    return tuple(syllable for word in cut(text) for syllable in _read(word))


@lru_cache(maxsize=65536)
def _read(word: str) -> tuple[str, ...]:
    read = lazy_pinyin(word, errors=list)  # type: ignore[arg-type]
    return tuple(piece.replace("ü", "v") for piece in read)


def sound(text: str) -> str:
    """All syllables of *text* in one string, as an input method takes them."""
    return "".join(syllables(text))


def initials(text: str) -> str:
    """The first letter of every syllable of *text*."""
    return "".join(syllable[:1] for syllable in syllables(text))


def blurred(letters: str) -> str:
    """*letters* with the sounds made alike that many speakers do not tell apart."""
    for clear, plain in _CONFUSED:
        letters = letters.replace(clear, plain)
    return letters
