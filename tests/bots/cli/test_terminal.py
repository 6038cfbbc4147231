"""Text for terminals: widths, tables, Markdown, definition cards."""

import pytest
from click import unstyle

from assistant.answer import Answer, DefinitionLine, Evidence
from bots.cli.markdown import render_markdown
from bots.cli.rendering import render_answer
from bots.cli.terminal import display_width, format_table, wrap

TEXT = "2026-09-21 至 2026-09-27，次日留存率为 38.8%（超出随机波动）。[E1] It fell in onboarding_strict."


@pytest.mark.parametrize("width", range(24, 100, 7))
def test_wrapping_keeps_every_word_and_the_width(width):
    lines = wrap(TEXT, width=width).split("\n")
    assert all(display_width(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == TEXT.replace(" ", "")
    assert not any(line.startswith(tuple("，。（）")) and line[0] != "（" for line in lines)


def test_words_longer_than_the_line_stand_alone():
    assert wrap("a " + "x" * 30 + " b", width=10) == "a\n" + "x" * 30 + "\nb"


def test_a_table_too_wide_becomes_blocks(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    shown = format_table(
        ["风险", "触发", "应对"], [["预算超支", "已花超过预算的百分之一百", "暂停新增支出并由负责人决定"]]
    )
    assert shown.splitlines()[0] == "• 预算超支"
    assert all(display_width(line) <= 40 for line in shown.splitlines())


def test_markdown_is_read_without_its_marks(monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    shown = unstyle(
        render_markdown("# 计划\n\n**合计** `p_1`\n\n| 项 | 值 |\n| --- | --- |\n| a\\|b | 1 |\n\n   - x")
    )
    assert shown == "计划\n\n合计 p_1\n\n项   值\n───  ──\na|b  1\n\n   - x"


def _evidence(marker: str, *labels: str) -> Evidence:
    lines = tuple(DefinitionLine(label=label, value=f"{label} value") for label in labels)
    return Evidence(
        marker=marker, tool="t", title="T", arguments={}, definition=lines, source="s", data_as_of="2026-09-28T00:00", figures=()
    )  # fmt: skip


def _answer(*evidence: Evidence) -> Answer:
    return Answer(
        id="a", conversation_id="c", question="q", language="en", text="x", grounding="metrics", model="m", elapsed_ms=1, evidence=evidence
    )  # fmt: skip


def test_a_second_card_names_the_lines_it_shares(monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    first, second = _evidence("E1", "a", "b", "c", "d"), _evidence("E2", "a", "b", "c", "z")
    shown = unstyle(render_answer(_answer(first, second)))
    assert "a: a value; b: b value; c: c value; d: d value" in shown
    assert shown.count("b value") == 1
    assert "z: z value\n     As in [E1]: a, b, c\n" in shown


def test_a_card_with_little_in_common_is_printed_whole(monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    shown = unstyle(render_answer(_answer(_evidence("E1", "a", "b"), _evidence("E2", "a", "z"))))
    assert "a: a value; z: z value" in shown
