"""The documents that come with Yunce: readable, distinct, and true to the sample company's data."""

import re
from collections import Counter
from datetime import date
from pathlib import Path

import frontmatter
import pytest
import yaml

import assistant.sample_company
import knowledge
from assistant.planning.tactics import TacticCard
from assistant.sample_company.stories import END
from tests.assistant.lantern_figures import measure_lantern
from tests.assistant.lantern_quotes import quoted_figures
from tools.semantics import load_semantics

COMPANY = Path(assistant.sample_company.__path__[0])
STARTER = Path(knowledge.__path__[0]) / "library"
DOCUMENTS = sorted([*COMPANY.glob("library/*/*.md"), *STARTER.glob("*/*.md")])
METRICS = load_semantics(COMPANY / "metrics.yaml").metrics
STAGES = {"acquisition", "activation", "retention", "engagement", "revenue", "referral"}


def cards_of(path: Path) -> list[TacticCard]:
    blocks = re.findall(r"^```tactic\n(.*?)^```$", path.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    return [TacticCard.model_validate(yaml.safe_load(block)) for block in blocks]


CARDS = [(path, card) for path in DOCUMENTS for card in cards_of(path)]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_front_matter_says_what_the_document_is(path: Path) -> None:
    document = frontmatter.loads(path.read_text("utf-8"))
    keys = {"title", "collection", "language", "teams", "tags", "effective_date"}
    assert set(document.metadata) == keys | ({"owner"} if "sample_company" in path.parts else set())
    assert document["collection"] == path.parent.name
    assert document["language"] in ("zh", "en")
    assert isinstance(document["effective_date"], date)
    assert document["effective_date"] <= END
    assert document["tags"]
    assert len(document.content) > 400
    assert document.content.startswith(f"# {document['title']}")


def test_there_are_documents_and_cards_for_every_stage_in_both_languages() -> None:
    assert len(DOCUMENTS) >= 16
    assert len(CARDS) >= 25
    found = Counter()
    for path, card in CARDS:
        found[card.stage, frontmatter.loads(path.read_text("utf-8"))["language"]] += 1
    assert set(found) == {(stage, language) for stage in STAGES for language in ("zh", "en")}


def test_some_documents_are_restricted() -> None:
    teams = {tuple(frontmatter.loads(path.read_text("utf-8"))["teams"]) for path in DOCUMENTS}
    assert teams == {(), ("finance",), ("hr",)}


def test_no_two_documents_or_paragraphs_are_the_same() -> None:
    paragraphs = Counter(
        paragraph.strip()
        for path in DOCUMENTS
        for paragraph in frontmatter.loads(path.read_text("utf-8")).content.split("\n\n")
        if len(paragraph.strip()) > 60
    )
    assert max(paragraphs.values()) == 1


@pytest.mark.parametrize(("path", "card"), CARDS, ids=[card.id for _, card in CARDS])
def test_a_card_is_complete_in_both_languages(path: Path, card: TacticCard) -> None:
    assert len(card.steps.zh) == len(card.steps.en) >= 3
    assert len(card.needs.zh) == len(card.needs.en) >= 1
    assert card.risks
    assert card.guardrails
    assert card.effect.low <= card.effect.high
    named = {card.kpi, card.effect.metric, *card.guardrails, *(condition.metric for condition in card.when)}
    assert named <= set(METRICS)
    if card.evidence.startswith("own_"):
        assert path.is_relative_to(COMPANY)


def test_card_ids_are_unique() -> None:
    assert max(Counter(card.id for _, card in CARDS).values()) == 1


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_chinese_is_set_with_chinese_punctuation(path: Path) -> None:
    document = frontmatter.loads(path.read_text("utf-8"))
    if document["language"] == "zh":
        assert not re.search(r"[\u4e00-\u9fff][,;?!](?! )", document.content)


def test_figures_in_the_documents_agree_with_the_data() -> None:
    texts = {path.stem: path.read_text("utf-8") for path in DOCUMENTS}
    quotes = quoted_figures(measure_lantern())
    assert len(quotes) > 60
    missing = [(document, quote) for document, quote in quotes if not stands_in(quote, texts[document])]
    assert not missing


def stands_in(quote: str, text: str) -> bool:
    """Tell whether a text is quoted; full-width and half-width punctuation are the same here."""
    width = str.maketrans("\uff0c\uff1a\uff08\uff09", ",:()")
    return quote.translate(width) in text.translate(width)
