"""Honest answers for the LiarModel: worded from results of the sample company's tools, and from its documents."""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from assistant.answer import Evidence
from assistant.turn import Passage
from tools import Metrics

_WEEK = {"start": "2026-09-21", "end": "2026-09-27"}
_BEFORE = {"compare_start": "2026-09-14", "compare_end": "2026-09-20"}
_COMPARED = ["new_users", "onboarding_completion", "d1_retention", "wau", "posts", "shares", "gmv", "orders", "paying_users",
             "aov", "cart_conversion", "purchase_conversion", "payment_success_rate", "refund_rate", "invites"]  # fmt: skip
_BY = [("d1_retention", "channel"), ("new_users", "channel"), ("gmv", "platform"), ("payment_success_rate", "platform"),
       ("d1_retention", "city_tier"), ("orders", "channel")]  # fmt: skip
_DRIVEN = ["d1_retention", "gmv", "payment_success_rate", "orders"]
_AUGUST = {"start": "2026-08-01", "end": "2026-08-31"}
_SEPTEMBER = {"start": "2026-09-01", "end": "2026-09-28"}
_STEPS = ["signup", "onboarding_start", "onboarding_profile", "onboarding_interests", "onboarding_complete"]
_OTHERS: list[tuple[str, dict[str, Any]]] = [
    ("measure_retention", {"start": "2026-09-01", "end": "2026-09-20"}),
    ("measure_funnel", _WEEK | {"steps": _STEPS}),
    ("measure_growth_accounting", _SEPTEMBER),
    ("measure_revenue", _AUGUST),
    ("measure_referral", {"start": "2026-07-01", "end": "2026-07-31"}),
    ("measure_repeat_purchases", {"start": "2026-07-01", "end": "2026-09-28"}),
    ("measure_sentiment", _AUGUST),
    ("measure_power_users", _SEPTEMBER),
]
_LABELS_LISTED = 5
_PERIODS = {
    "zh": (("上周", "前一周"), ("9月21日至27日", "9月14日至20日"), ("2026-09-21 至 2026-09-27", "2026-09-14 至 2026-09-20"),
           ("9 月 21 日到 9 月 27 日这一周", "再前一周")),
    "en": (("last week", "the week before"), ("21–27 September", "14–20 September"), ("September 21 to 27", "September 14 to 20"),
           ("2026-09-21 to 2026-09-27", "2026-09-14 to 2026-09-20")),
}  # fmt: skip
_DIMENSIONS = {
    "channel": ("渠道", "channel"),
    "platform": ("平台", "platform"),
    "city_tier": ("城市等级", "city tier"),
}
#: Where a figure stands in an answer that is being worded.
_SLOT = re.compile(r"\x01(\d+)\x02")


@dataclass(frozen=True)
class Slot:
    """A figure as it is written, with what it would be in another period and in other segments.

    Attributes:
        text: As written; a direction word where `other` is its opposite.
        unit: ratio, ratio_change, currency or the noun that is counted; "direction" for a direction word.
        stale: The figure of the other period, written alike. segments: Those of other segments.
        other: The opposite of a direction word.
    """

    text: str
    unit: str
    stale: str = ""
    segments: tuple[str, ...] = ()
    other: str = ""


@dataclass(frozen=True)
class Told:
    """An honest answer: its text with slots, what it leans on, and the question."""

    text: str
    slots: tuple[Slot, ...]
    question: str
    language: str
    evidence: Evidence | None = None
    passage: Passage | None = None

    def written(self, slots: Sequence[Slot] | None = None) -> str:
        own = slots or self.slots
        return _SLOT.sub(lambda m: own[int(m[1])].text, self.text)


class _Words:
    """Fill a phrasing, remembering its figures."""

    def __init__(self, values: dict[str, Slot | str], up: bool, *, good: bool = True) -> None:
        self.values, self.up, self.good, self.slots = values, up, good, []

    def fill(self, phrasing: str) -> str:
        return re.sub(r"\{([^{}]+)\}", lambda m: self._one(m[1]), phrasing)

    def _one(self, name: str) -> str:
        if "|" in name:
            one, other = name.split("|")
            up = self.up == self.good if re.search("better|improv|改善|好转", name) else self.up
            return self._slot(
                Slot(one, "direction", other=other) if up else Slot(other, "direction", other=one)
            )
        value = self.values[name]
        return self._slot(value) if isinstance(value, Slot) else value

    def _slot(self, slot: Slot) -> str:
        self.slots.append(slot)
        return f"\x01{len(self.slots) - 1}\x02"


def write(value: float, unit: str, language: str, style: int) -> str:
    """Write a value as a model might; one style writes all figures of an answer alike."""
    zh = language == "zh"
    if unit == "ratio":
        return f"{100 * abs(value):.1f}%" if style or zh else f"{100 * abs(value):.1f} percent"
    if unit == "ratio_change":
        ends = (" 个百分点", "个百分点", " pp") if zh else (" percentage points", " pp", " points")
        return f"{100 * abs(value):.1f}{ends[style % 3]}"
    if unit.startswith("currency"):
        amount = abs(value)
        if style == 0:
            return f"¥{amount:,.2f}"
        if style == 1 or amount < 20_000:
            return f"{amount:,.0f} 元" if zh else f"{amount:,.0f} yuan"
        return f"{amount / 1e4:.2f} 万元" if zh else f"RMB {amount / 1e3:.1f}k"
    amount = f"{abs(value):,.0f}" if float(value).is_integer() else f"{abs(value):,.1f}"
    nouns = {"users": (" 人", " users"), "orders": (" 单", " orders")}.get(unit, ("", ""))
    return amount if style == 0 else amount + nouns[not zh]


def honest(metrics: Metrics, library: Path, phrasings: ModuleType, seed: int = 1) -> Iterator[Told]:
    """Yield honest answers in all the phrasings."""
    dice = random.Random(seed)
    for language in ("zh", "en"):
        yield from _compared(metrics, phrasings, language, dice)
        yield from _segmented(metrics, phrasings, language, dice)
        yield from _driven(metrics, phrasings, language, dice)
        yield from _listed(metrics, phrasings, language, dice)
    yield from _documents(library, phrasings)


def run_evidence(metrics: Metrics, tool: str, arguments: dict[str, Any], language: str) -> Evidence:
    """Return what a tool measures, as evidence of an answer."""
    result = metrics.run(tool, arguments, teams=None, language=language).to_dict(language)
    return Evidence(
        marker="E1", **{k: v for k, v in result.items() if k in Evidence.model_fields and k != "chart"}
    )


def _told(words: _Words, phrasing: str, evidence: Evidence, language: str, question: str) -> Told:
    return Told(words.fill(phrasing), tuple(words.slots), question, language, evidence)


def _compared(metrics: Metrics, phrasings: ModuleType, language: str, dice: random.Random) -> Iterator[Told]:
    for metric in _COMPARED:
        evidence = run_evidence(metrics, "measure_metric", {**_WEEK, **_BEFORE, "metric": metric}, language)
        figures = {f.name: f for f in evidence.figures}
        now, before = figures[metric], figures[f"{metric}_before"]
        change, growth = figures["change"], figures["relative_change"]
        for sort, phrasing in phrasings.COMPARED[language]:
            if sort not in ("a", "r" if now.unit == "ratio" else "c") or abs(growth.value) < 0.01:
                continue
            style = dice.randrange(3)
            texts = [write(f.value, f.unit, language, style) for f in (now, before, change, growth)]
            period, earlier = dice.choice(_PERIODS[language])
            question = (
                f"{period}{evidence.title}是多少？"
                if language == "zh"
                else f"What was {evidence.title} {period}?"
            )
            values: dict[str, Slot | str] = {
                "now": Slot(texts[0], now.unit, stale=texts[1]),
                "before": Slot(texts[1], now.unit, stale=texts[0]),
                "change": Slot(texts[2], change.unit),
                "growth": Slot(texts[3], "ratio"),
                "period": period,
                "earlier": earlier,
                **_names(evidence.title),
            }
            good = metrics.semantics.metrics[metric].good == "up"
            yield _told(_Words(values, change.value > 0, good=good), phrasing, evidence, language, question)


def _names(title: str) -> dict[str, str]:
    return {"m": title, "M": title[:1].upper() + title[1:]}


def _segmented(metrics: Metrics, phrasings: ModuleType, language: str, dice: random.Random) -> Iterator[Told]:
    for metric, dimension in _BY:
        evidence = run_evidence(
            metrics, "measure_metric", {**_WEEK, "metric": metric, "breakdown": dimension}, language
        )
        total = next(f for f in evidence.figures if f.segment is None)
        parts = [f for f in evidence.figures if f.segment and f.name == total.name]
        for phrasing in phrasings.SEGMENTED[language]:
            for _ in range(2):
                style = dice.randrange(3)
                one, other = dice.sample(parts, 2)
                texts = {f.segment: write(f.value, f.unit, language, style) for f in (*parts, total)}
                wrong = {s: tuple(t for o, t in texts.items() if o != s and t != texts[s]) for s in texts}
                d = _DIMENSIONS[dimension][language == "en"]
                values: dict[str, Slot | str] = {
                    "S": _segment(one.label), "T": _segment(other.label), "d": d, **_names(evidence.title),
                    "s": Slot(texts[one.segment], one.unit, segments=wrong[one.segment]),
                    "t": Slot(texts[other.segment], one.unit, segments=wrong[other.segment]),
                    "total": Slot(texts[None], one.unit, segments=wrong[None]),
                }  # fmt: skip
                question = (
                    f"上周各{d}的{evidence.title}？"
                    if language == "zh"
                    else f"{evidence.title} by {d} last week?"
                )
                yield _told(_Words(values, True), phrasing, evidence, language, question)


def _segment(label: str) -> str:
    return re.split(r"[:：]", label)[0].partition(" = ")[2].strip()


def _driven(metrics: Metrics, phrasings: ModuleType, language: str, dice: random.Random) -> Iterator[Told]:
    for metric in _DRIVEN:
        evidence = run_evidence(metrics, "explain_change", {**_WEEK, **_BEFORE, "metric": metric}, language)
        segments = list(dict.fromkeys(f.segment for f in evidence.figures if f.name == "contribution"))
        own = {s: {f.name: f for f in evidence.figures if f.segment == s} for s in segments}
        segments = [s for s in segments if all(f.value is not None for f in own[s].values())]
        for phrasing in phrasings.DRIVEN[language]:
            for segment in segments[:3]:
                style, figures = dice.randrange(3), own[segment]
                before, after, part = (
                    figures[n] for n in ("segment_before", "segment_after", "contribution")
                )
                a, b = (write(f.value, f.unit, language, style) for f in (after, before))
                wrong = [
                    tuple(
                        text
                        for s in segments
                        if s != segment
                        and (text := write(own[s][n].value, after.unit, language, style)) not in (a, b)
                    )
                    for n in ("segment_after", "segment_before")
                ]
                if a == b:
                    continue
                values: dict[str, Slot | str] = {
                    "S": _segment(before.label),
                    **_names(next(f.label for f in evidence.figures if f.name == metric)),
                    "a": Slot(a, after.unit, stale=b, segments=wrong[0]),
                    "b": Slot(b, after.unit, stale=a, segments=wrong[1]),
                    "signed": Slot(part.text if part.text[0] in "+-" else f"+{part.text}", part.unit),
                    "share": Slot(figures["share_of_change"].text, "ratio"),
                }
                question = f"上周{evidence.title}？" if language == "zh" else f"{evidence.title} last week?"
                yield _told(
                    _Words(values, after.value > before.value), phrasing, evidence, language, question
                )


def _listed(metrics: Metrics, phrasings: ModuleType, language: str, dice: random.Random) -> Iterator[Told]:
    for tool, arguments in _OTHERS:
        evidence = run_evidence(metrics, tool, arguments, language)
        for figure in [f for f in evidence.figures if f.value is not None and not f.segment][:_LABELS_LISTED]:
            phrasing = dice.choice(phrasings.LISTED[language])
            label = figure.label
            values: dict[str, Slot | str] = {
                "label": label, "Label": label[:1].upper() + label[1:],
                "value": Slot(figure.text, figure.unit),
            }  # fmt: skip
            yield _told(_Words(values, True), phrasing, evidence, language, evidence.title)


def _documents(library: Path, phrasings: ModuleType) -> Iterator[Told]:
    for name, sentences in phrasings.DOCUMENTS.items():
        passage = read_passage(library / name)
        for sentence in sentences:
            slots: list[Slot] = []
            text = re.sub(r"<([^<>]+)>", lambda m, slots=slots: _document_slot(m[1], slots), sentence)
            yield Told(
                text, tuple(slots), "?", "zh" if re.search("[一-鿿]", sentence) else "en", passage=passage
            )


def _document_slot(written: str, slots: list[Slot]) -> str:
    if written.startswith("dir:"):
        one, other = written[4:].split("|")
        slots.append(Slot(one, "direction", other=other))
    else:
        text, _, stale = written.partition("~")
        unit = "ratio" if "%" in text else "currency:CNY" if re.search("元|yuan", text) else "count"
        slots.append(Slot(text, unit, stale=stale))
    return f"\x01{len(slots) - 1}\x02"


def read_passage(path: Path) -> Passage:
    """Return a document of the library as one passage."""
    head, text = path.read_text(encoding="utf-8").split("---\n", 2)[1:]
    dated = re.search(r"effective_date: (\S+)", head)
    title = re.search(r"title: (.+)", head)
    return Passage(
        marker="1", document_id="d", version=1, chunk_id="c", title=title[1] if title else "", collection="reviews",
        section=(), page=None, effective_date=dated[1] if dated else None, url=None, kind="prose", language="zh-Hans",
        text=re.sub(r"```tactic.*?```", "", text, flags=re.DOTALL), score=0.9,
    )  # fmt: skip
