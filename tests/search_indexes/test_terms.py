"""The policy dictionary: what editors add waits for `reindex`; index and query are cut alike."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import haystack
import pytest
from django.conf import settings
from django.core.exceptions import ValidationError

from search_indexes import finder, terms
from search_indexes.analysis import cutting, is_term, words
from search_indexes.cutter import Cutter
from search_indexes.engine import commits, generations, schema
from search_indexes.finder import find
from search_indexes.models import PolicyTerm
from search_indexes.query import parse_query
from search_indexes.rebuild import backend_and_index, reason_to_rebuild, rebuild
from search_indexes.request import Query, SearchRequest
from search_indexes.results import DocumentHit
from search_indexes.sync import heal
from tests.conftest import MakeDocument
from tests.search_indexes.engine_rows import DECLARED

WORD = "企业港湾"
ASKED = SearchRequest(parse_query(WORD), explain=True)


@pytest.fixture(params=commits.CODECS)
def two(
    request: pytest.FixtureRequest,
    make_document: MakeDocument,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One document with the word, one with its pieces, on either codec."""
    monkeypatch.setitem(settings.HAYSTACK_CONNECTIONS["default"], "CODEC", request.param)
    haystack.connections.reload("default")
    make_document("甲", "凭企业港湾办理。", public_id="whole")
    make_document("乙", "企业在港湾集中。", public_id="apart")


def hits() -> tuple[DocumentHit, ...]:
    return find(ASKED).documents


def said() -> str:
    return "".join(why for hit in hits() for section in hit.sections for why in section.reasons)


def counted(word: str) -> int:
    """Sections of the live index that have *word* as a word."""
    live = backend_and_index()[0].opened()
    return sum(leaf.segment.frequency("text", word.encode()) for leaf in live.leaves)


def cut_by_the_index(text: str) -> tuple[str, ...]:
    with cutting(backend_and_index()[0].terms()):
        return words(text)


def test_a_term_added_waits_and_is_a_word_after_the_next_rebuild(two: None) -> None:
    before, pieces = hits(), cut_by_the_index(WORD)
    assert len(pieces) > 1
    assert f"词“{pieces[0]}”在" in said()
    assert reason_to_rebuild() is None

    PolicyTerm.objects.create(word=WORD)
    assert terms.waiting() == terms.Waiting(added=(WORD,))
    assert WORD in terms.describe(terms.waiting())
    assert reason_to_rebuild() == "政策词典有改动"
    assert heal() is None, "nobody's index is rebuilt while editors add terms"
    assert hits() == before
    assert cut_by_the_index(WORD) == pieces

    rebuild()
    assert not terms.waiting()
    assert cut_by_the_index(WORD) == (WORD,)
    assert counted(WORD) == 1
    assert [hit.id for hit in hits()] == ["whole"]
    assert "”在" not in said(), "one word has no pieces to count"


def test_what_is_published_before_the_rebuild_is_cut_as_the_index_was(
    two: None, make_document: MakeDocument
) -> None:
    PolicyTerm.objects.create(word=WORD)
    make_document("丙", "企业港湾上线。", public_id="new")
    assert counted(WORD) == 0
    assert {hit.id for hit in hits()} == {"whole", "apart", "new"}
    rebuild()
    assert {hit.id for hit in hits()} == {"whole", "new"}
    assert counted(WORD) == 2


def test_a_term_no_longer_used_is_gone_with_the_next_rebuild(two: None) -> None:
    term = PolicyTerm.objects.create(word=WORD)
    rebuild()
    term.active = False
    term.save()
    assert terms.waiting() == terms.Waiting(gone=(WORD,))
    assert cut_by_the_index(WORD) == (WORD,)
    rebuild()
    assert len(cut_by_the_index(WORD)) > 1


def test_the_pieces_of_a_term_and_terms_inside_it_stay_words_of_the_index(
    make_document: MakeDocument,
) -> None:
    PolicyTerm.objects.bulk_create(PolicyTerm(word=each) for each in (WORD, f"{WORD}服务专窗"))
    make_document("甲", f"设立{WORD}服务专窗。")
    assert cut_by_the_index(f"{WORD}服务专窗") == (f"{WORD}服务专窗",)
    for word in (f"{WORD}服务专窗", WORD, "服务"):
        assert counted(word) == 1, word


def test_a_search_is_answered_by_the_index_whose_words_it_was_cut_with(
    two: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = hits()
    PolicyTerm.objects.create(word=WORD)

    def switched(query: Query) -> Query:
        """Another index is made the live one in the midst of the search."""
        monkeypatch.undo()
        rebuild()
        return query

    monkeypatch.setattr(finder, "expanded", switched)
    assert hits() == before
    assert "”在" not in said()


def test_another_process_takes_the_new_words_with_the_new_generation(tmp_path: Path) -> None:
    def switch(*own: str) -> None:
        built = generations.begin(tmp_path, schema.build(DECLARED), "test", commits.ARRAY, own)
        generations.switch(tmp_path, built)

    switch()
    command = [sys.executable, "-m", "tests.search_indexes.cutting_process", str(tmp_path), WORD]
    with subprocess.Popen(command, stdin=-1, stdout=-1, text=True) as other:
        assert other.stdin
        assert other.stdout
        seen = []
        for own in ((), (WORD,), ()):
            switch(*own)
            other.stdin.write("\n")
            other.stdin.flush()
            seen.append(other.stdout.readline().split())
        other.stdin.close()
    assert seen[1] == [WORD]
    assert seen[0] == seen[2] != [WORD]
    assert "".join(seen[0]) == WORD


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("", "至少两个字"),
        ("企", "至少两个字"),
        (" 企 ", "至少两个字"),
        ("专精 特新", "不能有空格"),
        ("专精\n特新", "不能有空格"),
        ("长" * 21, "不超过 20 个字"),
        ("长" * 101, "不超过 20 个字"),
        ("<b>高企</b>", "只能用汉字"),
        ("“小巨人”", "只能用汉字"),
        ("研发/转化", "只能用汉字"),
        ("esg", "至少一个汉字"),
        ("2025", "至少一个汉字"),
        ("高企\0", "不能有空格|只能用汉字"),
    ],
)
def test_a_bad_term_is_refused_in_a_sentence(word: str, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        PolicyTerm(word=word).clean()


@pytest.mark.django_db
def test_a_term_is_kept_as_text_is_folded_and_only_once() -> None:
    PolicyTerm.objects.all().delete()
    term = PolicyTerm(word=" 互聯網＋醫療 ")
    term.full_clean()
    term.save()
    assert term.word == "互联网+医疗"
    with pytest.raises(ValidationError, match="已经在词典里"):
        PolicyTerm(word="互联网+醫療").full_clean()
    PolicyTerm.objects.create(word="写进数据库的 <坏词>")
    assert terms.current() == ("互联网+医疗",)


@pytest.mark.django_db
def test_the_starting_list_waits_for_editors_and_every_term_would_change_the_cut() -> None:
    listed = list(terms.starting_terms())
    assert PolicyTerm.objects.count() == len(listed) > 150
    assert terms.current() == ()
    assert {kind for kind, _ in listed} == {"body", "park", "term"}
    assert all(is_term(word) for _, word in listed)
    assert len({word for _, word in listed}) == len(listed)
    with cutting(tuple(sorted(word for _, word in listed))):
        apart = [word for _, word in listed if words(word) != (word,)]
    assert not apart
    # jieba may guess some of them where they stand alone, but not in a sentence.
    assert not [word for _, word in listed if Cutter().tokenizer.FREQ.get(word)]
