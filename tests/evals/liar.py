"""LiarModel: answers with one figure altered in each, and how many the ledger catches.

Honest answers are worded from real results of the sample company's tools and from its documents, in both languages;
each is then altered in one figure: digits swapped, another unit, another sign, the figure of another period, that of
another segment, percentage points for percent. Caught is an answer in which the altered figure is not shown as a
supported one; a false alarm is an honest answer in which any figure is not.

Run: python -m tests.evals.liar WORKSPACE [--set developed|mended|unseen|later|written|casual|blind|fresh|new|varied] [--show N]
"""

import argparse
import random
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from assistant.access import OWNER
from assistant.ledger.lexicon import read_lexicon
from assistant.proofreading import proofread
from assistant.turn import Turn
from tests.evals import (
    liar_blind_en,
    liar_blind_zh,
    liar_casual_en,
    liar_casual_zh,
    liar_fresh_en,
    liar_fresh_zh,
    liar_later,
    liar_mended,
    liar_new_en,
    liar_new_zh,
    liar_phrasings,
    liar_unseen,
    liar_varied_en,
    liar_varied_zh,
    liar_written_en,
    liar_written_zh,
)
from tests.evals.liar_answers import Slot, Told, honest
from tests.evals.liar_written import written
from tools import Metrics

#: Wordings that the ledger was developed on; the others were written after it, scored, and mended on since.
_SETS = {"developed": liar_phrasings, "mended": liar_mended, "unseen": liar_unseen, "later": liar_later}
#: Whole answers written out by hand, by language.
_WRITTEN = {
    "written": {"zh": liar_written_zh, "en": liar_written_en},
    "casual": {"zh": liar_casual_zh, "en": liar_casual_en},
    "blind": {"zh": liar_blind_zh, "en": liar_blind_en},
    "fresh": {"zh": liar_fresh_zh, "en": liar_fresh_en},
    "new": {"zh": liar_new_zh, "en": liar_new_en},
    "varied": {"zh": liar_varied_zh, "en": liar_varied_en},
}


@dataclass(frozen=True)
class Lie:
    """An altered answer."""

    told: Told
    kind: str
    text: str
    figure: str
    true: str


def alter(told: Told, kind: str, dice: random.Random) -> Lie | None:
    """Return the answer with one figure altered, or None where no figure can be altered in this way."""
    options = [
        (i, text) for i, slot in enumerate(told.slots) for text in _ALTERED[kind](slot) if text != slot.text
    ]
    options = [(i, text) for i, text in options if _is_wrong(told, i, text)]
    if not options:
        return None
    index, text = dice.choice(options)
    slots = list(told.slots)
    slots[index] = replace(slots[index], text=text)
    return Lie(told, kind, told.written(slots), text, told.slots[index].text)


def _is_wrong(told: Told, index: int, text: str) -> bool:
    """Tell whether an alteration says something else: not where it reads like the figure that it took the place of."""
    return re.sub(r"[\s,]", "", text) != re.sub(r"[\s,]", "", told.slots[index].text)


def _swapped(slot: Slot) -> list[str]:
    if slot.unit == "direction":
        return []
    text, found = slot.text, []
    places = [i for i, c in enumerate(text) if c.isdigit()]
    for a, b in pairwise(places):
        if text[a] != text[b] and not (a == places[0] and text[b] == "0"):
            found.append(text[:a] + text[b] + text[a + 1 : b] + text[a] + text[b + 1 :])
    return found


def _other_unit(slot: Slot) -> list[str]:
    text, number = slot.text, re.search(r"[\d,.]+", slot.text)
    if slot.unit == "direction" or number is None:
        return []
    if slot.unit in ("ratio", "ratio_change"):
        return [f"{number[0]} 倍", f"{number[0]}‰", f"{number[0]} bps"]
    if slot.unit.startswith("currency"):
        return [f"${number[0]}", f"{number[0]}%", *([text.replace("万", "亿")] if "万" in text else [])]
    if slot.unit in ("users", "orders"):
        return [
            f"{number[0]}%",
            f"{number[0]} 万",
            f"¥{number[0]}",
            f"{number[0]} {'单' if slot.unit == 'users' else '人'}",
        ]
    return [f"{number[0]}%", f"{number[0]} 万"]


def _other_sign(slot: Slot) -> list[str]:
    if slot.unit == "direction":
        return [slot.other]
    if slot.text[0] in "+-":
        return [("-" if slot.text[0] == "+" else "+") + slot.text[1:]]
    return []


def _other_points(slot: Slot) -> list[str]:
    number = re.search(r"[+-]?[\d,.]+", slot.text)
    if slot.unit == "ratio" and number:
        return [f"{number[0]} 个百分点", f"{number[0]} pp"]
    return [f"{number[0]}%"] if slot.unit == "ratio_change" and number else []


_ALTERED = {
    "digits": _swapped,
    "unit": _other_unit,
    "sign": _other_sign,
    "stale": lambda slot: [slot.stale] if slot.stale else [],
    "segment": lambda slot: list(slot.segments),
    "points": _other_points,
}


def turn_of(told: Told, metrics: Metrics) -> Turn:
    """Return what had been gathered when the answer was given."""
    turn = Turn(principal=OWNER, question=told.question, language=told.language, today="2026-09-28")
    turn.lexicon = read_lexicon(metrics.semantics)
    if told.evidence:
        turn.evidence["E1"] = told.evidence
        turn.current.add("E1")
    if told.passage:
        turn.passages["1"] = told.passage
    return turn


@dataclass
class Score:
    """How a set of answers fared.

    Attributes:
        answers, alarms: Honest answers, and those with a figure withheld.
        figures, withheld: Figures of the honest answers, and those withheld.
        lies, caught: Altered answers by kind, and those in which a figure is withheld.
        seconds: Of all checks.
        missed, alarmed: Texts, for people.
    """

    answers: int
    alarms: int
    figures: int
    withheld: int
    lies: Counter[str]
    caught: Counter[str]
    seconds: float
    missed: list[str]
    alarmed: list[str]

    @property
    def recall(self) -> float:
        return self.caught.total() / max(self.lies.total(), 1)

    @property
    def false_alarms(self) -> float:
        return self.alarms / max(self.answers, 1)


def answers_of(metrics: Metrics, library: Path, name: str, seed: int = 1) -> Iterator[Told]:
    """Return the honest answers of a set."""
    if name in _WRITTEN:
        return written(metrics, library, _WRITTEN[name])
    return honest(metrics, library, _SETS[name], seed)


def judge(metrics: Metrics, answers: Iterable[Told], *, every: int = 1, seed: int = 1) -> Score:
    """Judge the ledger on answers, on every so many of them."""
    score = Score(0, 0, 0, 0, Counter(), Counter(), 0.0, [], [])
    dice, kinds = random.Random(seed), list(_ALTERED)
    for number, told in enumerate(answers):
        if number % every:
            continue
        started = time.perf_counter()
        alarms = proofread(turn_of(told, metrics), told.written())[1]
        score.seconds += time.perf_counter() - started
        score.answers += 1
        score.figures += len(told.slots)
        score.withheld += len(alarms)
        if alarms:
            score.alarms += 1
            score.alarmed.append(f"{told.written()!r} withheld {[n.text for n in alarms]}")
            continue  # its lies would be caught for the wrong reason
        for kind in kinds:
            lie = alter(told, kind, dice)
            if lie is None:
                continue
            score.lies[kind] += 1
            if proofread(turn_of(told, metrics), lie.text)[1]:
                score.caught[kind] += 1
            else:
                score.missed.append(f"{kind}: {lie.true} -> {lie.figure} in {lie.text!r}")
    return score


def main() -> None:
    """Print the scores for a demonstration workspace."""
    from assistant.opening import open_metrics
    from assistant.settings import Settings
    from assistant.workspace import find_workspace

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--set", choices=[*_SETS, *_WRITTEN], default="unseen", help="which wordings")
    parser.add_argument("--show", type=int, default=0, help="how many misses and false alarms to print")
    options = parser.parse_args()
    workspace = find_workspace(options.workspace)
    metrics = open_metrics(workspace, Settings())
    assert metrics is not None
    score = judge(metrics, answers_of(metrics, workspace.library, options.set))
    metrics.close()
    print(f"honest answers {score.answers}, false alarms {score.alarms} ({score.false_alarms:.2%})")
    print(f"their figures {score.figures}, withheld {score.withheld}")
    print(f"altered answers {score.lies.total()}, caught {score.caught.total()} ({score.recall:.2%})")
    for kind, lies in score.lies.items():
        print(f"  {kind}: {score.caught[kind]} of {lies}")
    print(f"{1000 * score.seconds / max(score.answers, 1):.1f} ms for each answer")
    dice = random.Random(0)
    for texts in (score.alarmed, score.missed):
        print("\n".join(dice.sample(texts, min(options.show, len(texts)))), end="\n\n")


if __name__ == "__main__":
    main()
