"""Document text in an answer: shown as it is with nothing in it live; invented quotations and citations are not kept."""

import re
from dataclasses import replace

import pytest

from assistant.access import OWNER
from assistant.ledger.checking import Ledger
from assistant.turn import Turn
from assistant.writing import AnswerWriter
from tests.assistant.checks import iter_pieces
from tests.assistant.ledger.test_checking import RETENTION
from tests.assistant.test_writing import passage

_LIVE = "单件成本是 77 元 [E1]，见 [2] 与 [表单](https://evil.example/a) <b>粗</b>，或 www.evil.example。"
_TITLE = "手册 [E1] ![x](https://evil.example)"


def written(draft: str, size: int = 5, language: str = "zh") -> AnswerWriter:
    turn = Turn(principal=OWNER, question="成本？", language=language)
    voucher = (
        "We send a voucher to users who were away. Retained users order twice. A reminder costs nothing."
    )
    known = [
        passage("1", f"# 成本\n\n{_LIVE}"),
        passage("2", "退款率另见财务报告。"),
        passage("3", voucher),
        replace(passage("4", "标题奇怪的文档。"), title=_TITLE),
    ]
    turn.passages, turn.evidence = {p.marker: p for p in known}, {RETENTION.marker: RETENTION}
    turn.current.add("E1")
    texts = {marker: item.text for marker, item in turn.passages.items()}
    one = AnswerWriter(turn, Ledger(turn.evidence, turn.current, texts, turn.question))
    for piece in iter_pieces(draft, size):
        one.feed(piece)
    one.finish()
    return one


@pytest.mark.parametrize("size", [1, 7, 500])
def test_markers_in_document_text_are_dead_and_the_quote_is_whole(size: int) -> None:
    one = written(f"“{_LIVE}” [1]", size)
    assert re.findall(r"\[(E?\d+)\]", one.text) == ["1"]
    assert one.evidence == ()
    assert [c.quote for c in one.citations] == [_LIVE]
    assert next((n.text, n.source) for n in one.numbers) == ("77 元", "1")
    assert not re.search(r"\]\(|<[A-Za-z]|https?:(?!\u2060)|www\.(?!\u2060)", one.text)


def test_document_text_reads_the_same_once_rendered() -> None:
    from markdown_it import MarkdownIt

    (block,) = [
        t for t in MarkdownIt("commonmark").parse(written(f"“{_LIVE}” [1]").text) if t.type == "inline"
    ]
    assert {t.type for t in block.children or []} <= {"text", "text_special"}
    shown = "".join(t.content for t in block.children or [])
    assert shown.replace("\u2060", "") == f"“{_LIVE}” [1]"


def test_a_titles_markers_are_dead() -> None:
    one = written(f"《{_TITLE}》说标题奇怪。[4]")
    assert re.findall(r"\[(E?\d+)\]", one.text) == ["1"]
    assert (one.evidence, one.citations[0].title) == ((), _TITLE)


@pytest.mark.parametrize(
    ("draft", "shown"),
    [
        ("“退款率已经全部解决了。” [2]", "退款率已经全部解决了。 [1]"),
        ("“退款率另见财务报告。” [2]", "“退款率另见财务报告。” [1]"),
        ("“退款率另见财务报告” [2]", "“退款率另见财务报告” [1]"),
        ("所谓“退款”见报告 [2]", "所谓“退款”见报告 [1]"),
        ("退款“单件成本是 77 元” [2]", "退款单件成本是 〔无出处，已隐去〕 [1]"),
    ],
)
def test_an_invented_quotation_loses_its_marks(draft: str, shown: str) -> None:
    one = written(draft)
    assert one.text == shown
    assert any("引文" in warning for warning in one.turn.warnings) == ("”" in draft and "”" not in shown)


@pytest.mark.parametrize(
    ("draft", "kept"),
    [
        ("The office moves to Berlin in spring [3].", False),
        ("Retention depends on vouchers [3].", True),
        ("全员涨薪已经批准 [2]。", False),
        ("退款看报告 [2]。", True),
        ("代金券发给离开的用户 [3]。", True),
        ("Refunds stand in the finance report [2].", True),
    ],
)
def test_a_citation_of_nothing_in_its_sentence_is_dropped(draft: str, kept: bool) -> None:
    one = written(draft)
    assert bool(one.citations) == kept
    assert bool(one.turn.warnings) != kept


def test_the_quote_is_the_best_of_all_sentences_that_cite_it() -> None:
    one = written(
        "Users get something [3]. A reminder costs nothing [3]. It goes to users [3].", language="en"
    )
    assert [c.quote for c in one.citations] == ["A reminder costs nothing."]
