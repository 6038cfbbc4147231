"""How sentences of documents are quoted: as list items with their markers, under the document's title and date."""

from collections.abc import Sequence

from assistant.analyst.sentences import Sentence
from assistant.turn import Passage, Turn


def write_line(sentence: Sentence) -> str:
    """Return a sentence as a list item: a quotation, or a table row's cells under their heads."""
    return f"- {_quote(sentence)} [{sentence.passage.marker}]"


def _quote(sentence: Sentence) -> str:
    if not sentence.heads:
        return f"“{sentence.text}”"
    colon, semicolon = ("：", "；") if sentence.passage.language.startswith("zh") else (": ", "; ")
    return semicolon.join(f"{head}{colon}{cell}" if head else cell for head, cell in sentence.cells)


def write_grouped(sentences: Sequence[Sentence], turn: Turn) -> list[str]:
    """Return one paragraph per document: its title and date, then its sentences in their own order."""
    by_document: dict[str, list[Sentence]] = {}
    for sentence in sentences:
        by_document.setdefault(sentence.passage.document_id, []).append(sentence)
    parts = []
    for own in by_document.values():
        own.sort(key=lambda sentence: (sentence.passage.chunk_id, sentence.position))
        lead = name_document(own[0].passage, turn) + turn.say(zh="：", en="")
        parts.append(lead + "\n" + "\n".join(map(write_line, own)))
    return parts


def name_document(passage: Passage, turn: Turn) -> str:
    """Return the document's title with its date: what a document states held then, not now."""
    date = passage.effective_date
    dated = date if date and date not in passage.title else ""
    zh, en = (f"（{dated}）", f" ({dated})") if dated else ("", "")
    return turn.say(
        zh=f"《{passage.title}》{zh}[{passage.marker}]", en=f"“{passage.title}”{en} [{passage.marker}]"
    )
