"""Headings that lost their lines: numbered ones in the middle of a wall of text."""

import re
from collections.abc import Iterator

from knowledge.cleaning.edits import Edit

_NUMERAL = "[一二三四五六七八九十]{1,3}"
_MARKS = (
    re.compile(rf"(?<![第一二三四五六七八九十])({_NUMERAL})、"),
    re.compile(rf"[(（]({_NUMERAL})[)）]"),
)
_WALL = re.compile(r"[^\n]{200,}")
_STOP = "。！？.!?”」』"
_PUNCTUATION = re.compile(r"[，。！？；：、,.!?;:“”\"（(《\s]")
_DIGITS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_FEWEST = 3
_SHORTEST_SECTION = 50
_LONGEST_HEADING = 20
_USUAL_LENGTH = 6
_LEAST_SCORE = 3.0
_LAST_WORDS = frozenset(
    re.findall(
        "..",
        "目标设定定位画像策略战略规划计划方案预案优化参考展望分析管理建议措施背景概述概况概念流程机制体系原则方法方式步骤内容评估评价风险控制效果意义问题总结结论案例思路模型架构设计建设推广执行实施保障"
        "预算安排指标要求定义介绍说明现状趋势对策分工职责反馈监控复盘激励维护渠道需求市场调研洞察整合前言引言简介阶段周期团队资源技巧要点关键协作合作沟通培训考核改进创新应用实践价值作用特点优势",
    )
)
_NEVER_FIRST = frozenset("的地得与和及之等或了性化者")
_NEVER_LAST = frozenset("的地与和及之或在对为是将从以把被")
_SENTENCE_STARTERS = ("v", "p", "r", "d", "c", "a", "m", "t")


def restore_headings(text: str, *, markup: str) -> list[Edit]:
    """Give numbered headings inside long paragraphs lines of their own.

    一、 二、 三、 must count upwards through the document, each after the end of a sentence, with paragraphs
    between them; so an enumeration within a sentence stays. Then (一) (二) within such a section, too.
    """
    walls = [match.span() for match in _WALL.finditer(text)]
    if not walls:
        return []
    sections = _find_chain(text, _MARKS[0], 0, len(text), opening=True)
    if sum(_in_walls(mark, walls) for mark in sections) < 2:
        return []
    marks = [(mark, 2) for mark in sections]
    for mark, following in zip(sections, [*sections[1:], None], strict=True):
        end = following.start() if following else len(text)
        marks += [(inner, 3) for inner in _find_chain(text, _MARKS[1], mark.end(), end, opening=True)]
    marks = sorted(
        ((m, level) for m, level in marks if _in_walls(m, walls)), key=lambda each: each[0].start()
    )
    return list(_set_lines(text, marks, markup))


def _in_walls(mark: re.Match[str], walls: list[tuple[int, int]]) -> bool:
    return any(start <= mark.start() < end for start, end in walls)


def _find_chain(
    text: str, pattern: re.Pattern[str], start: int, end: int, *, opening: bool
) -> list[re.Match[str]]:
    """Return the marks that count 1, 2, 3, … with a section after each; nothing if there are too few."""
    chain: list[re.Match[str]] = []
    for mark in pattern.finditer(text, start, end):
        before = text[mark.start() - 1 : mark.start()] or "\n"
        free = before in _STOP or before == "\n" or (opening and not chain and before not in "：:；;，,、")
        apart = not chain or mark.start() - chain[-1].end() >= _SHORTEST_SECTION
        if _read_numeral(mark.group(1)) == len(chain) + 1 and free and apart:
            chain.append(mark)
    return chain if len(chain) >= _FEWEST else []


def _read_numeral(numeral: str) -> int:
    tens, ten, ones = numeral.rpartition("十")
    return 10 * (_DIGITS.get(tens, 1) if ten else 0) + _DIGITS.get(ones, 0)


def _set_lines(text: str, marks: list[tuple[re.Match[str], int]], markup: str) -> Iterator[Edit]:
    ends = [mark.start() for mark, _ in marks[1:]] + [len(text)]
    for (mark, level), end in zip(marks, ends, strict=True):
        hashes = "#" * level + " " if markup == "markdown" else ""
        before = "" if mark.start() == 0 else "\n" if text[mark.start() - 1] == "\n" else "\n\n"
        if before or hashes:
            yield mark.start(), mark.start(), before + hashes
        body = text[mark.end() : min(end, mark.end() + 4 * _LONGEST_HEADING)]
        length = _measure_heading(body.split("\n")[0])
        if 0 < length < end - mark.end() and text[mark.end() + length] != "\n":
            yield mark.end() + length, mark.end() + length, "\n\n"


def _measure_heading(body: str) -> int:
    """Find how many of the characters after a number are its heading; 0 if that is not clear."""
    import rjieba

    from knowledge.language import to_simplified

    body = to_simplified(body)
    punctuation = _PUNCTUATION.search(body)
    limit = min(punctuation.start() if punctuation else len(body), _LONGEST_HEADING)
    tags: dict[int, tuple[str, str]] = {}
    position = 0
    for word, tag in rjieba.tag(body):
        tags[position] = word, tag
        position += len(word)
    scores = {length: _score(body, length, tags) for length in range(2, limit + 1)}
    best = max(scores, key=lambda length: scores[length], default=0)
    return best if best and scores[best] > _LEAST_SCORE else 0


def _score(body: str, length: int, tags: dict[int, tuple[str, str]]) -> float:
    """Score a cut: headings end with certain nouns, and what follows often takes up their words."""
    following, tag = tags.get(length, ("", ""))
    closes = body[length - 2 : length] in _LAST_WORDS
    repeats = len(body) > length + 1 and body[length : length + 2] in body[:length]
    if body[length - 1] in _NEVER_LAST or body[length : length + 1] in _NEVER_FIRST:
        return -1.0
    if not following and not (closes and repeats):
        return -1.0
    score = 4.0 * closes + 3.0 * repeats + 1.0 * tag.startswith(_SENTENCE_STARTERS)
    score -= 2.0 * (following in _LAST_WORDS) + 2.0 * ("的" in body[:length])
    return score - 0.3 * abs(length - _USUAL_LENGTH)
