"""From a model's draft to the text that is shown: checked sentence by sentence, so that it can be streamed.

Markers of nothing are dropped and the rest are numbered in the order of use, on from those of earlier turns; numerals
that nothing accounts for are withheld; images, HTML and links that are not the catalogue's are reduced to their text.
Quotations that stand in a cited passage, and titles, are shown as they are, with nothing in them live; invented ones
lose their marks.
"""

import re
from dataclasses import dataclass, field

from assistant.answer import Citation, Evidence, Numeral
from assistant.assumptions import is_assumed
from assistant.echoes import repeats
from assistant.foreign import strip_foreign
from assistant.ledger.checking import Ledger
from assistant.ledger.dates import names_day
from assistant.ledger.disguises import unpaired
from assistant.ledger.sources import words_of
from assistant.quotations import STAND_IN, find_closings, iter_quotations, make_inert, says, stand_in
from assistant.quotes import may_lean, score_quote
from assistant.stretches import LONGEST_STRETCH, clean_piece, find_cut, unmask
from assistant.turn import MARKER, MARKERS, Turn, markers_of, next_marker

#: Where what looks like half of a link, a link definition or a tag could become one with what follows.
_JOINT = re.compile(r"(?<=\])(?=[(:])|(?<=!)(?=\[)|(?<=<)(?=[A-Za-z/!?])")
_SOURCE_MARKER = re.compile(r"^E?\d+")
#: Quotations shorter than this are words in inverted commas.
_SHORTEST_QUOTATION = 6
_MOST_KEPT = 1_000
#: Document text by its stand-in, with the marker of its passage; no marker for a title.
_Kept = dict[str, tuple[str, str]]


@dataclass(slots=True)
class AnswerWriter:
    """Take a draft piece by piece and give back the text that may be shown."""

    turn: Turn
    ledger: Ledger
    #: What this draft, and nothing before it, warned of.
    warned: list[str] = field(default_factory=list)
    _buffer: str = ""
    _examined: int = 0
    _written: list[str] = field(default_factory=list)
    _markers: dict[str, str] = field(default_factory=dict)
    _citations: dict[str, Citation] = field(default_factory=dict)
    _scores: dict[str, float] = field(default_factory=dict)
    _evidence: dict[str, Evidence] = field(default_factory=dict)
    #: Markers whose figures the sentence at hand states, those it shows without their date, and those dated before.
    _undated: set[str] = field(default_factory=set)
    _dated: set[str] = field(default_factory=set)
    _stated: set[str | None] = field(default_factory=set)
    #: Figures of the sentence at hand that were set and not measured.
    _assumed: tuple[str, ...] = ()

    def feed(self, piece: str) -> str:
        """Add a piece of the draft; return what has become ready to show."""
        self._buffer += clean_piece(piece)
        ready = ""
        while True:
            cut, self._examined = find_cut(self._buffer, self._examined)
            if cut is None:
                return ready
            sentence, self._buffer, self._examined = self._buffer[:cut], self._buffer[cut:], 0
            ready += self._write(sentence if cut < LONGEST_STRETCH else sentence + "\n")

    def finish(self) -> str:
        """Return the rest."""
        rest, self._buffer = self._buffer, ""
        return self._write(rest) if rest else ""

    @property
    def text(self) -> str:
        """All that was written so far."""
        return "".join(self._written).strip()

    @property
    def numbers(self) -> tuple[Numeral, ...]:
        """The numerals shown, with their sources under the markers of the text."""
        return tuple(
            record.model_copy(update={"source": self._shown_source(record.source)})
            for record in self.ledger.records
            if record.status != "unsupported"
        )

    def _shown_source(self, source: str | None) -> str | None:
        if source is None or source == "question":
            return source
        return _SOURCE_MARKER.sub(
            lambda m: self._markers.get(m[0]) or self._introduced(m[0]), source, count=1
        )

    def _introduced(self, marker: str) -> str:
        self._markers[marker] = self._introduce(marker, "")
        return self._markers[marker]

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Citations in order of use."""
        return tuple(self._citations.values())

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """Evidence in order of use."""
        return tuple(self._evidence.values())

    def _write(self, sentence: str) -> str:
        if repeats(self.turn.instructions, "".join(self._written[-3:]), sentence):
            self._warn(
                self.turn.say(
                    zh="模型复述自身提示词的句子已去掉。",
                    en="A sentence in which the model tells its own instructions was dropped.",
                )
            )
            return ""
        text, kept = self._set_aside(unmask(sentence))
        text = MARKERS.sub(lambda m: "".join(f"[{x}]" for x in re.findall(r"E?\d+", m[1])), text)
        text = strip_foreign(text, self._known_urls())
        markers = MARKER.findall(text)
        text = self._withhold(text, markers, kept)
        claim = STAND_IN.sub(lambda m: kept[m[0]][0], text)
        text = MARKER.sub(lambda match: self._marker(match[1], claim), text)
        text = self._detached(text)
        text = STAND_IN.sub(lambda m: make_inert(kept[m[0]][0]), text)
        text = self._note_assumed(text)
        self._written.append(text)
        return text

    def _set_aside(self, sentence: str) -> tuple[str, _Kept]:
        """Put stand-ins for document text, which nothing may alter, and take the marks off invented quotations."""
        kept: _Kept = {}
        pieces, done = [], 0
        for start, end in iter_quotations(sentence):
            if start <= done or len(kept) >= _MOST_KEPT:
                continue
            quoted, cited = sentence[start:end], markers_of(sentence[:start] + sentence[end:])
            if (marker := self._standing(quoted, cited)) is not None:
                mark = stand_in(len(kept))
                kept[mark] = (quoted, marker)
                pieces += [sentence[done:start], mark]
                done = end
            elif end == max(find_closings(sentence, start)) and self._is_invented(quoted, cited):
                pieces += [sentence[done : start - 1], quoted]
                done = end + 1
        return self._titles_aside("".join([*pieces, sentence[done:]]), kept), kept

    def _titles_aside(self, text: str, kept: _Kept) -> str:
        for title in {passage.title for passage in self.turn.passages.values()}:
            if title in text and make_inert(title) != title and len(kept) < _MOST_KEPT:
                mark = stand_in(len(kept))
                kept[mark] = (title, "")
                text = text.replace(title, mark)
        return text

    def _standing(self, quoted: str, cited: list[str]) -> str | None:
        """Return the marker of the cited passage where a quotation stands word for word; "" for a title."""
        for marker in cited:
            if marker in self.turn.passages and quoted in self.turn.passages[marker].text:
                return marker
        titles = {passage.title for passage in self.turn.passages.values()}
        return "" if quoted in titles else None

    def _is_invented(self, quoted: str, cited: list[str]) -> bool:
        if len(quoted) < _SHORTEST_QUOTATION or not self.turn.passages:
            return False  # words in inverted commas, or no document that could be misquoted
        texts = self.ledger.passages
        beside = [texts[marker] for marker in cited if marker in texts] or list(texts.values())
        titles = (passage.title for passage in self.turn.passages.values())
        sayings = (words for item in self.turn.evidence.values() for words in words_of(item))
        known = (*beside, *titles, *sayings, *self.ledger.names, self.turn.question)
        if any(says(text, quoted) for text in known):
            return False
        self._warn(
            self.turn.say(
                zh="有一处引文在所引文档中找不到原话，已去掉引号。",
                en="A quotation that stands in no cited document lost its quotation marks.",
            )
        )
        return True

    def _warn(self, text: str) -> None:
        if text not in self.turn.warnings:
            self.warned.append(text)
            self.turn.warn(text)

    def _known_urls(self) -> set[str]:
        return {p.url for p in self.turn.passages.values() if p.url}

    def _detached(self, text: str) -> str:
        """Part what could become a link or a tag, within the text or with what was written before."""
        before = self._written[-1][-1:] if self._written else ""
        if _JOINT.search(before + text[:1]):
            text = " " + text
        known = tuple(f"({url})" for url in self._known_urls())
        return _JOINT.sub(lambda m: "" if text.startswith(known, m.start()) else " ", text)

    def _withhold(self, text: str, markers: list[str], kept: _Kept) -> str:
        accounted = self._account(text, markers, kept)
        self._undated = self._leave_undated(STAND_IN.sub(lambda m: kept[m[0]][0], text), markers)
        for numeral, record in reversed(accounted):
            if record.status == "unsupported":
                withheld = self.turn.say(zh="〔无出处，已隐去〕", en="[withheld: no source]")
                text = text[: numeral.start] + withheld + unpaired(numeral.text) + text[numeral.end :]
                self._warn(
                    self.turn.say(
                        zh="有数字找不到出处，已从回答中隐去。",
                        en="Figures without a source were withheld from the answer.",
                    )
                )
        return text

    def _account(self, text: str, markers: list[str], kept: _Kept) -> list:
        accounted = self.ledger.account(text, cited=markers)
        records = [(numeral.start, record) for numeral, record in accounted]
        for mark in STAND_IN.finditer(text):
            quoted, marker = kept[mark[0]]
            if marker:
                records += [(mark.start(), record) for record in self.ledger.account_quoted(quoted, marker)]
        self._stated = {
            record.source for _, record in records if record.status == "citation" and record.unit != "date"
        }
        if self.turn.answered_by != "analyst":  # who sets nothing that was not asked for
            assumed = (r for _, r in records if is_assumed(r, self.turn.evidence, self.turn.question))
            self._assumed = tuple(record.text for record in assumed)
        self.ledger.records.extend(record for _, record in sorted(records, key=lambda record: record[0]))
        return accounted

    def _note_assumed(self, text: str) -> str:
        """Say of figures that a model set for a measurement that they were not measured."""
        figures, self._assumed = self._assumed, ()
        if not figures:
            return text
        listed = self.turn.say(zh="、", en=", ").join(dict.fromkeys(figures))
        note = self.turn.say(
            zh=f"（{listed} 为设定值，不是测得的）", en=f" ({listed}: set for the calculation, not measured)"
        )
        if text.lstrip().startswith("|"):
            self._warn(note.strip(" （）()"))
            return text
        body = text.rstrip()
        return body + note + text[len(body) :]

    def _leave_undated(self, text: str, markers: list[str]) -> set[str]:
        """Return the passages whose figures are shown while their date is not, where this turn has measured as well."""
        dated = self.ledger.dated
        self._dated |= {m for m in markers if names_day(text, dated.get(m, ""))}
        return {m for m in self._stated if m and m not in self._dated} if self.turn.current else set()

    def _marker(self, marker: str, claim: str) -> str:
        if marker not in self.turn.passages and marker not in self.turn.evidence:
            return ""
        if marker in self.turn.passages and not self._leans(marker, claim):
            return ""
        if marker not in self._markers:
            self._markers[marker] = self._introduce(marker, claim)
        elif marker in self.turn.passages:
            self._quote_better(marker, claim)
        return f"[{self._markers[marker]}]" + self._date_of(marker)

    def _date_of(self, marker: str) -> str:
        if marker not in self._undated:
            return ""
        self._undated.discard(marker)
        self._dated.add(marker)
        day = self.ledger.dated[marker]
        return self.turn.say(zh=f"（文档日期 {day}）", en=f" (document dated {day})")

    def _leans(self, marker: str, claim: str) -> bool:
        passage = f"{self.turn.passages[marker].text}\n{self.ledger.passages.get(marker, '')}"
        if may_lean(MARKER.sub("", claim), passage):
            return True
        self._warn(
            self.turn.say(
                zh="有一处引用与所引文档毫无关联，已去掉。",
                en="A citation of a document that has nothing of its sentence was dropped.",
            )
        )
        return False

    def _quote_better(self, marker: str, claim: str) -> None:
        """Take the quote that this sentence leans on, where it leans more than the sentences before did."""
        shown = self._markers[marker]
        score, quote = score_quote(claim, self.turn.passages[marker].text)
        if score > self._scores[shown]:
            self._scores[shown] = score
            self._citations[shown] = self._citations[shown].model_copy(update={"quote": quote})

    def _introduce(self, marker: str, claim: str) -> str:
        """Give a marker its place in the answer: that of earlier turns, else the next one of the conversation."""
        if item := self.turn.evidence.get(marker):
            taken = [*self.turn.shown, *self._evidence]
            shown = marker if marker in self.turn.shown else next_marker("E", taken)
            self._evidence[shown] = item.model_copy(update={"marker": shown})
        else:
            taken = [*self.turn.shown, *self._citations]
            shown = marker if marker in self.turn.shown else next_marker("", taken)
            passage = self.turn.passages[marker]
            self._scores[shown], quote = score_quote(claim, passage.text)
            self._citations[shown] = passage.cite(shown, quote)
        return shown
