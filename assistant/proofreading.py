"""Check a model's draft before it is taken: figures that nothing accounts for go back to the model, once."""

import copy
from collections.abc import Sequence
from datetime import date

from assistant.answer import Numeral
from assistant.ledger.checking import Ledger
from assistant.turn import Passage, Turn
from assistant.writing import AnswerWriter

#: Figures that one message to the model lists.
_MOST_LISTED = 20


def new_writer(turn: Turn) -> AnswerWriter:
    """Return a writer with a ledger of what a turn has gathered so far."""
    titles = (passage.title for passage in turn.passages.values())
    ledger = Ledger(
        turn.evidence,
        turn.current,
        {marker: _accountable(passage, turn) for marker, passage in turn.passages.items()},
        turn.question,
        names=[*titles, *turn.names],
        statements=turn.statements,
        lexicon=turn.lexicon,
        dated={m: passage.effective_date for m, passage in turn.passages.items() if passage.effective_date},
        today=date.fromisoformat(turn.today) if turn.today else None,
    )
    return AnswerWriter(turn, ledger)


def proofread(turn: Turn, draft: str) -> tuple[str, list[Numeral]]:
    """Return what of a draft would be shown, and its numerals that nothing accounts for; the turn keeps no trace."""
    trial = copy.copy(turn)
    trial.warnings = []
    writer = new_writer(trial)
    writer.feed(draft)
    writer.finish()
    return writer.text, [record for record in writer.ledger.records if record.status == "unsupported"]


def list_unsupported(numerals: Sequence[Numeral]) -> str:
    """Return the figures as the lines of a list, each once."""
    return "\n".join(f"- {text}" for text in list(dict.fromkeys(n.text for n in numerals))[:_MOST_LISTED])


def _accountable(passage: Passage, turn: Turn) -> str:
    """Return the text whose numerals a citation of the passage accounts for."""
    where = (
        passage.title,
        *passage.section,
        passage.effective_date or "",
        turn.readings.get(passage.marker, ""),
    )
    return "\n".join((passage.text, *where))
