"""Show on a generated company that searches find all that a reader may see, and that nothing tells of the rest.

    python -m tests.evals.access [--users 100] [--teams 20] [--documents 5000] [--searches 10000] [--bases 10]

Each search is compared with an oracle that goes through all documents; each thousandth, by some readers, with a
knowledge base that holds nothing but what the reader may see: order and scores must be the same.
"""

import argparse
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from knowledge import KnowledgeBase, SearchResult
from tests.knowledge.embedders import HashingEmbedder
from tests.knowledge.world import Page, World, fill, find_about


def compare_with_oracle(base: KnowledgeBase, world: World, searches: int, chance: random.Random) -> int:
    """Search, now and then after a document changed its teams or a user left one; return the number of faults."""
    faults = 0
    for number in range(searches):
        if number % 100 == 99:
            _move(base, world, chance)
        user, subject = chance.choice(list(world.users)), chance.choice(world.subjects)
        found, about = find_about(base, world, user, subject)
        visible = {page.source for page in world.visible(user)}
        faults += about != world.expect(user, subject) or not found <= visible
    return faults


def compare_with_own_base(base: KnowledgeBase, world: World, user: str) -> int:
    """Ask a base that holds only what a user may see the same; return in how many of 20 questions it differs."""
    faults = 0
    with TemporaryDirectory() as state, KnowledgeBase.open(Path(state), embedder=HashingEmbedder()) as alone:
        fill(alone, world.visible(user))
        for question in [*world.subjects[:18], "weekly budget report", "会员活动的预算"]:
            one, other = (
                _list(each.search(question, teams=world.users[user], limit=20)) for each in (base, alone)
            )
            faults += one != other
    return faults


def _list(results: Sequence[SearchResult]) -> list[tuple[tuple[float, float, float], str]]:
    """Return scores and sources, equals by source, and no source of those that share the last place.

    A document that changed its teams was taken in anew and stands behind its equals, so which of those that share
    the last place is left out depends on that.
    """
    rows = sorted(((-r.score, r.dense_score, r.lexical_score), r.document.source) for r in results)
    return [(scores, source if scores != rows[-1][0] else "") for scores, source in rows]


def _move(base: KnowledgeBase, world: World, chance: random.Random) -> None:
    number = chance.randrange(len(world.pages))
    page = world.pages[number]
    teams = frozenset(chance.sample(world.teams, chance.choice((0, 1, 2))))
    world.pages[number] = Page(page.source, page.subject, teams, page.text)
    fill(base, [world.pages[number]])
    leaver = chance.choice(list(world.users))
    world.users[leaver] = frozenset(sorted(world.users[leaver])[1:])


def main(arguments: list[str]) -> int:
    """Print what was compared; return 1 if anything differed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    for name, default in (
        ("users", 100),
        ("teams", 20),
        ("documents", 5_000),
        ("searches", 10_000),
        ("bases", 10),
    ):
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args(arguments)
    world = World(users=options.users, teams=options.teams, documents=options.documents, bilingual=True)
    chance = random.Random(1)
    with TemporaryDirectory() as state, KnowledgeBase.open(Path(state), embedder=HashingEmbedder()) as base:
        start = perf_counter()
        fill(base, world.pages)
        filled = perf_counter()
        faults = compare_with_oracle(base, world, options.searches, chance)
        searched = perf_counter()
        readers = chance.sample(list(world.users), options.bases)
        different = sum(compare_with_own_base(base, world, user) for user in readers)
    print(f"{options.documents} documents taken in within {filled - start:.0f} s")
    print(f"{options.searches} searches within {searched - filled:.0f} s; unlike the oracle: {faults}")
    print(f"{options.bases * 20} searches in bases of one reader's documents; unlike theirs: {different}")
    return 1 if faults or different else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
