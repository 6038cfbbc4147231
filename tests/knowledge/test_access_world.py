"""In a company of many teams a reader finds all that is for the reader, and nothing tells of the rest.

`python -m tests.evals.access` shows the same for 5,000 documents and 10,000 searches.
"""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from knowledge import KnowledgeBase, KnowledgeError
from tests.knowledge.embedders import HashingEmbedder
from tests.knowledge.world import World, fill, find_about, may_see


@pytest.fixture(scope="module")
def world() -> World:
    return World(users=30, teams=6, documents=150)


@pytest.fixture(scope="module")
def company(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    """Everything that there is; only read it."""
    with KnowledgeBase.open(tmp_path_factory.mktemp("world"), embedder=HashingEmbedder()) as base:
        fill(base, world.pages)
        yield base


def test_searches_equal_the_oracle(company: KnowledgeBase, world: World) -> None:
    chance = random.Random(1)
    for _ in range(80):
        user, subject = chance.choice(list(world.users)), chance.choice(world.subjects)
        found, about = find_about(company, world, user, subject)
        assert about == world.expect(user, subject)
        assert found <= {page.source for page in world.visible(user)}


def test_lists_equal_the_oracle(company: KnowledgeBase, world: World) -> None:
    for user, teams in list(world.users.items())[:10]:
        seen = {page.source for page in world.visible(user)}
        assert {document.source for document in company.documents(teams=teams)} == seen


@pytest.mark.parametrize("user", ["user0", "user1"])
def test_order_and_scores_are_those_of_a_base_without_the_rest(
    company: KnowledgeBase, world: World, user: str, tmp_path: Path
) -> None:
    teams = world.users[user]
    with KnowledgeBase.open(tmp_path, embedder=HashingEmbedder()) as alone:
        fill(alone, world.visible(user))
        for question in [
            *world.subjects[:6],
            "weekly budget report",
            "会员活动的预算",
            "subject1 and subject2",
        ]:
            among_all, among_own = (
                [
                    (r.document.source, r.score, r.dense_score, r.lexical_score)
                    for r in base.search(question, teams=teams, limit=20)
                ]
                for base in (company, alone)
            )
            assert among_all == among_own
            assert (
                company.find(question, teams=teams).likelihood == alone.find(question, teams=teams).likelihood
            )


def test_hidden_and_missing_are_the_same_to_the_byte(company: KnowledgeBase, world: World) -> None:
    teams = world.users["user1"]
    hidden = [p for p in world.pages if not may_see(teams, p)][:3]
    documents = {document.source: document for document in company.documents(teams=None)}
    calls: list[Callable[[str], object]] = [
        lambda name: company.document(name, teams=teams),
        lambda name: company.chunks(name, teams=teams),
        lambda name: company.history.versions(name, teams=teams),
        lambda name: company.history.original(name, teams=teams),
        lambda name: company.history.near_duplicates(name, teams=teams),
        lambda name: company.delete(name, teams=teams),
    ]
    for page in hidden:
        document = documents[page.source]
        chunk = company.chunks(document.id, teams=None)[0]
        for call in calls:
            assert refuse(call, document.id) == refuse(call, "d_0123456789abcdef")
        for call in (
            lambda name: company.chunk(name, teams=teams),
            lambda name: company.history.context(name, teams=teams),
        ):
            assert refuse(call, chunk.id) == refuse(call, "c_0123456789abcdef")


def refuse(call: Callable[[str], object], name: str) -> tuple[object, ...]:
    """Return everything that an error tells, the name that was asked for taken out."""
    with pytest.raises(KnowledgeError) as refusal:
        call(name)
    error = refusal.value
    texts = (error.en, error.zh, str(error), repr(error.args))
    return (type(error), error.code, error.parameter, *(text.replace(name, "") for text in texts))


def test_a_change_of_teams_holds_in_the_next_search(tmp_path: Path) -> None:
    small = World(users=12, teams=4, documents=30, seed=8)
    chance = random.Random(2)
    with KnowledgeBase.open(tmp_path, embedder=HashingEmbedder()) as base:
        fill(base, small.pages)
        for _ in range(8):
            number = chance.randrange(len(small.pages))
            page = small.pages[number]
            teams = frozenset(chance.sample(small.teams, chance.choice((0, 1, 2))))
            small.pages[number] = type(page)(page.source, page.subject, teams, page.text)
            fill(base, [small.pages[number]])
            leaver = chance.choice(list(small.users))
            small.users[leaver] = frozenset(list(small.users[leaver])[1:])  # leaves a team
            for user in (leaver, *chance.sample(list(small.users), 3)):
                found, about = find_about(base, small, user, page.subject)
                assert about == small.expect(user, page.subject)
                assert found <= {seen.source for seen in small.visible(user)}
