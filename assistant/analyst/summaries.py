"""What tells a whole document in short: its conclusion and decisions, and how each of its other sections begins."""

import re
from collections.abc import Sequence
from itertools import groupby

from assistant.analyst.quoting import name_document, write_line
from assistant.analyst.sentences import Sentence, cut_sentences
from assistant.turn import Passage, Turn

#: Headings under which a document says what it comes to.
_COMES_TO = re.compile(
    r"结论|一句话|总结|摘要|决定|决议|下一步|改进|保留|停止|\b(?:conclu\w*|summary|in short|in brief|verdict|decisions?|decided|next steps?"
    r"|actions?|keep|stop|takeaways?|lessons?)\b",
    re.IGNORECASE,
)
_MOST_OF_CONCLUSION, _MOST_ROWS, _MOST = 4, 2, 14


def choose_told(passages: Sequence[Passage]) -> list[Sentence]:
    """Return the sentences that tell a document in short, in its order.

    Of a section that says what the document comes to, the first four; of any other the first, which says what the
    section is about, or two rows of its table.

    Args:
        passages: The document's, in its order.
    """
    chosen = []
    comes_to = any(p.section and _COMES_TO.search(p.section[-1]) for p in passages)
    for section, own in groupby(passages, key=lambda p: p.section):
        if comes_to and section in ((), (passages[0].title,)):
            continue  # who was there, and since when the figures are
        sentences = [s for passage in own for s in cut_sentences(passage) if not s.is_question]
        prose = [s for s in sentences if not s.heads]
        if section and _COMES_TO.search(section[-1]):
            chosen += prose[:_MOST_OF_CONCLUSION] or sentences[:_MOST_ROWS]
        else:
            chosen += [*(s for s in sentences if s.heads)][:_MOST_ROWS] or prose[:1]
    return chosen[:_MOST]


def write_summary(passages: Sequence[Passage], turn: Turn) -> list[str]:
    """Tell a whole document in short, section by section in its order."""
    told = choose_told(passages)
    if not told:
        return []
    lines: list[str] = []
    section: tuple[str, ...] = ()
    for sentence in told:
        passage = sentence.passage
        heading = passage.section[-1:] if passage.section[-1:] != (passage.title,) else ()
        if heading and heading != section:
            lines.append(f"\n**{heading[0]}** [{passage.marker}]")
        section = heading
        lines.append(write_line(sentence))
    return [name_document(told[0].passage, turn) + turn.say(zh="：", en="") + "\n" + "\n".join(lines)]
