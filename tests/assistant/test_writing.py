"""The writer: checked text, the same however the draft arrives."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.access import OWNER
from assistant.ledger.checking import Ledger
from assistant.turn import Passage, Turn
from assistant.writing import AnswerWriter
from tests.assistant.checks import iter_pieces
from tests.assistant.ledger.test_checking import RETENTION

_TEXT = "# 留存\n\n2025 年的留存为 45%。做法见“先看渠道，再看版本。”\n- 第一步，联系 30 人\n"


def passage(marker: str, text: str = _TEXT, url: str | None = None) -> Passage:
    return Passage(
        marker=marker, document_id="d_1", version=1, chunk_id=f"c_{marker}", title="留存手册", collection="playbooks",
        section=("留存",), page=None, effective_date="2025-01-01", url=url, kind="prose", language="zh-Hans",
        text=text, score=0.9,
    )  # fmt: skip


def writer(language: str = "zh") -> AnswerWriter:
    turn = Turn(principal=OWNER, question="35% 的目标？", language=language)
    turn.passages = {"3": passage("3"), "7": passage("7", url="https://docs.example.com/a")}
    turn.evidence = {RETENTION.marker: RETENTION}
    turn.current.add("E1")
    texts = {marker: item.text for marker, item in turn.passages.items()}
    return AnswerWriter(turn, Ledger(turn.evidence, turn.current, texts, turn.question))


def written(draft: str, size: int | None = None) -> AnswerWriter:
    one = writer()
    shown = [one.feed(piece) for piece in (iter_pieces(draft, size) if size else [draft])]
    shown.append(one.finish())
    assert "".join(shown).strip() == one.text
    return one


_FRAGMENTS = st.sampled_from(
    ["留存为 41.2%", "45%", "97.3%", "。", ".", "! ", "!", "？", "\n", "\n\n", " ", "  ", "[3]", "[E1]", "[9]", "[3, 7]", "【E1】",
     "“先看渠道，再看版本。”", "“", "”", "- ", "1. ", "> ", "*", "**", "[", "]", "(", ")", "](", "[x](//e.x)", "![", "]:", "<", ">", "<b>",
     "https://e.x/a", "https://docs.example.com/a", "[y](https://docs.example.com/a)", "E", "1", "、", "，", "fell. ", "| a | 35% |", "\t"]
)  # fmt: skip
_DRAFTS = st.lists(_FRAGMENTS, max_size=25).map("".join) | st.text(max_size=60)


@settings(max_examples=400, deadline=None)
@given(draft=_DRAFTS, sizes=st.lists(st.integers(1, 9), min_size=1, max_size=6))
def test_pieces_of_any_size_give_the_same_as_all_at_once(draft: str, sizes: list[int]) -> None:
    whole, one, start, turn = written(draft), writer(), 0, 0
    while start < len(draft):
        size = sizes[turn % len(sizes)]
        one.feed(draft[start : start + size])
        start, turn = start + size, turn + 1
    one.finish()
    assert one.text == whole.text
    assert one.numbers == whole.numbers
    assert one.citations == whole.citations
    assert one.turn.warnings == whole.turn.warnings


@settings(max_examples=400, deadline=None)
@given(draft=_DRAFTS)
def test_what_is_shown_is_safe(draft: str) -> None:
    from markdown_it import MarkdownIt

    one = written(draft, 5)
    assert set(re.findall(r"\[(E?\d+)\]", one.text)) <= {c.marker for c in one.citations} | {
        e.marker for e in one.evidence
    }
    tokens = [
        t for block in MarkdownIt("commonmark").parse(one.text) for t in (block, *(block.children or []))
    ]
    assert not {token.type for token in tokens} & {"image", "html_inline", "html_block"}
    links = {token.attrGet("href") for token in tokens if token.type == "link_open"}
    assert links <= {"https://docs.example.com/a"}
    for citation in one.citations:
        assert citation.quote in one.turn.passages["3"].text


@pytest.mark.parametrize("size", [1, 2, 3, 500, 5_000])
def test_a_stretch_without_an_end_is_cut(size: int) -> None:
    draft = "“留存。" * 3_000
    assert written(draft, size).text == written(draft).text


@pytest.mark.parametrize("size", [1, 2, 3, None])
@pytest.mark.parametrize(
    "draft",
    [
        "留存为 45%。[3]",
        "留存为 45%。 [3] 好。",
        "“留存为 45%。” [3]",
        "It was 45%. [3] Good.",
        "留存为 45%。[3, 7]好",
        "45%！【3】",
    ],
)
def test_a_marker_behind_the_full_stop_belongs_to_its_sentence(draft: str, size: int | None) -> None:
    one = written(draft, size)
    assert "45%" in one.text
    assert [(n.status, n.source) for n in one.numbers] == [("citation", "1")]


def test_markers_are_numbered_in_the_order_of_use() -> None:
    one = written("甲 [7]。乙 [E1]。丙 [3]。丁 [7]。")
    assert one.text == "甲 [1]。乙 [E1]。丙 [2]。丁 [1]。"
    assert [c.chunk_id for c in one.citations] == ["c_7", "c_3"]


def test_a_figure_used_without_its_marker_brings_its_evidence() -> None:
    one = written("留存为 41.2%。")
    assert one.numbers[0].source == "E1.value"
    assert [item.marker for item in one.evidence] == ["E1"]


def test_a_documents_figure_beside_a_measured_one_carries_its_date() -> None:
    one = writer()
    one.ledger.dated = {"3": "2025-01-01"}
    one.feed("上周为 41.2% [E1]，当时为 45% [3]。又见 45% [3]。")
    one.finish()
    assert one.text == "上周为 41.2% [E1]，当时为 45% [1]（文档日期 2025-01-01）。又见 45% [1]。"
    said = writer()
    said.ledger.dated = {"3": "2025-01-01"}
    said.feed("2025 年 1 月为 45% [3]。")
    assert "文档日期" not in said.finish()
    alone = writer()
    alone.turn.current.clear()
    alone.ledger.dated = {"3": "2025-01-01"}
    alone.feed("当时为 45% [3]。")
    assert "文档日期" not in alone.finish()


def test_a_withheld_figure_is_told_once_in_the_language() -> None:
    one = written("97.3%。96.1%。")
    assert one.text == "〔无出处，已隐去〕。〔无出处，已隐去〕。"
    assert one.turn.warnings == ["有数字找不到出处，已从回答中隐去。"]
    assert one.numbers == ()
    english = writer("en")
    english.feed("97.3% is it.")
    assert "withheld" in english.finish()


@pytest.mark.parametrize(
    ("draft", "shown"),
    [
        ("留存为 3**5**7%。", "留存为 〔无出处，已隐去〕。"),
        ("留存为 **97.3**%。", "留存为 **〔无出处，已隐去〕**。"),
        ("留存为 **41.2**% [E1]。", "留存为 **41.2**% [E1]。"),
        ("3️⃣5️⃣7️⃣%", "〔无出处，已隐去〕"),
        ("3&zwj;5&#8203;7%", "〔无出处，已隐去〕"),
        ("🄈🄄%和Ⅷ％", "〔无出处，已隐去〕和〔无出处，已隐去〕"),
    ],
)
def test_a_figure_in_pieces_is_withheld_as_one(draft: str, shown: str) -> None:
    assert written(draft).text == shown


def test_a_table_and_a_list_are_kept() -> None:
    draft = "| 指标 | 值 |\n|---|---|\n| 留存 | 41.2% |\n\n- 甲 41.2% [E1]\n- 乙\n"
    assert written(draft, 4).text == draft.strip()


def test_comparisons_are_not_tags() -> None:
    assert written("若 a < b，且 3 [3] 与 <= 都在。").text.count("<") == 2


def test_a_list_items_markers_hold_for_all_its_sentences() -> None:
    one = written("- 留存为 45%。共一次。 [3]\n- 另一条\n", 3)
    assert "45%" in one.text


def test_nothing_comes_of_nothing() -> None:
    one = written("")
    assert (one.text, one.citations, one.numbers) == ("", (), ())
