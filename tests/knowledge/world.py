"""A generated company: users in teams, documents for teams, and an oracle that says who may see what."""

import random
from collections.abc import Iterable
from dataclasses import dataclass

from knowledge import Ingested, KnowledgeBase, Upload

_ENGLISH = [
    "report",
    "weekly",
    "budget",
    "plan",
    "growth",
    "channel",
    "message",
    "review",
    "price",
    "order",
    "refund",
    "member",
    "launch",
    "target",
]
_CHINESE = [
    "用户",
    "留存",
    "活动",
    "渠道",
    "预算",
    "复盘",
    "会员",
    "价格",
    "订单",
    "目标",
    "投放",
    "实验",
    "内容",
    "社区",
]


@dataclass(frozen=True)
class Page:
    """A document of the world: what it is about, and for whom it is."""

    source: str
    subject: str
    teams: frozenset[str]
    text: str


class World:
    """Users, teams and documents; the same ones for the same seed."""

    def __init__(
        self, *, users: int, teams: int, documents: int, seed: int = 3, bilingual: bool = False
    ) -> None:
        chance = random.Random(seed)
        self._words = [*_ENGLISH, *_CHINESE] if bilingual else _ENGLISH
        self.teams = [f"team{number}" for number in range(teams)]
        self.users = {
            f"user{number}": frozenset(chance.sample(self.teams, chance.choice((0, 1, 1, 2, 3))))
            for number in range(users)
        }
        self.subjects = [f"subject{number}" for number in range(max(documents // 6, 1))]
        self.pages = [self._make_page(chance, number) for number in range(documents)]

    def _make_page(self, chance: random.Random, number: int) -> Page:
        subject = self.subjects[number % len(self.subjects)]
        words = " ".join(chance.choices(self._words, k=30))
        teams = frozenset(chance.sample(self.teams, chance.choice((0, 1, 1, 1, 2, 3))))
        return Page(f"{number}.txt", subject, teams, f"{subject} {words} {number}. {subject} matters.")

    def visible(self, user: str) -> list[Page]:
        """Return what a user may see, by going through everything."""
        return [page for page in self.pages if may_see(self.users[user], page)]

    def expect(self, user: str, subject: str) -> set[str]:
        """Return the sources of what a user may see about a subject."""
        return {page.source for page in self.visible(user) if page.subject == subject}


def may_see(teams: frozenset[str], page: Page) -> bool:
    return not page.teams or bool(page.teams & teams)


def fill(base: KnowledgeBase, pages: Iterable[Page]) -> None:
    """Take pages in."""
    uploads = (Upload(name=page.source, data=page.text.encode(), teams=sorted(page.teams)) for page in pages)
    assert all(isinstance(outcome, Ingested) for outcome in base.ingest_many(uploads))


def find_about(base: KnowledgeBase, world: World, user: str, subject: str) -> tuple[set[str], set[str]]:
    """Search; return the sources found, and those of them that are about the subject."""
    results = base.search(subject, teams=world.users[user], limit=60)
    found = {result.document.source for result in results}
    return found, {r.document.source for r in results if subject in r.chunk.text.split()}
