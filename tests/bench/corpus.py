"""Generated documents that read like many people's writing: Zipf-like vocabularies, topics, two languages."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate

import numpy as np

from knowledge import Upload

_SYLLABLES = [a + b for a in "bcdfghklmnprstvw" for b in ("a", "e", "i", "o", "u", "ar", "en", "is", "on")]
_WORDS = [
    "the",
    "a",
    "of",
    "to",
    "and",
    "in",
    "is",
    "for",
    "on",
    "that",
    "with",
    "as",
    "are",
    "by",
    "this",
    "from",
    "users",
    "team",
    "week",
    "orders",
    "growth",
    "coupon",
    "retention",
    "referral",
    "campaign",
    "budget",
    "experiment",
    "channel",
    "message",
    "refund",
    "price",
    "product",
    "review",
    "goal",
    "metric",
    "rate",
    "report",
]
_CHINESE_WORDS = [
    "的",
    "了",
    "在",
    "是",
    "和",
    "用户",
    "留存",
    "拉新",
    "召回",
    "会员",
    "客服",
    "社区",
    "内容",
    "活动",
    "渠道",
    "优惠券",
    "预算",
    "实验",
    "消息",
    "退款",
    "价格",
    "商品",
    "复盘",
    "目标",
    "指标",
    "转化",
    "周报",
    "运营",
    "团队",
    "流程",
    "数据",
    "增长",
    "推送",
    "首单",
    "订单",
    "次日",
    "投放",
    "成本",
    "引导",
    "权益",
    "直播",
    "审核",
    "规范",
]


@dataclass
class Language:
    """A vocabulary in which the n-th word is about 1/n as frequent as the first, and how words are joined."""

    words: list[str]
    joint: str
    stop: str
    weights: list[float] = field(init=False)

    def __post_init__(self) -> None:
        self.weights = list(accumulate(1 / rank for rank in range(1, len(self.words) + 1)))

    def write_sentence(self, chance: random.Random, topic: list[str]) -> str:
        words = chance.choices(self.words, cum_weights=self.weights, k=chance.randint(6, 18))
        for position in chance.sample(range(len(words)), k=2):
            words[position] = chance.choice(topic)
        return self.joint.join(words) + self.stop

    def choose_topic(self, chance: random.Random) -> list[str]:
        """Choose words that a document comes back to, from all but the most frequent."""
        return chance.sample(self.words[100:], k=8)


def build_languages(seed: int = 5) -> tuple[Language, Language]:
    """Build an English-like vocabulary of 20,000 words and a Chinese one of as many."""
    chance = random.Random(seed)
    english = dict.fromkeys(_WORDS)
    while len(english) < 20_000:
        english["".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4)))] = None
    characters = [chr(code) for code in range(0x4E00, 0x4E00 + 3_500)]
    chinese = dict.fromkeys(_CHINESE_WORDS)
    while len(chinese) < 20_000:
        chinese["".join(chance.choices(characters, k=2))] = None
    return Language(list(english), " ", ". "), Language(list(chinese), "", "。")


@dataclass
class Corpus:
    """Documents, and questions that take up the topics of their chunks."""

    chunks: int
    teams: int
    seed: int = 7

    def uploads(self, *, sections: int = 1) -> Iterator[Upload]:
        """Generate documents of so many sections; every tenth is for all, the others for one team, some for two."""
        texts = [text for text, _ in self._write()]
        for number, first in enumerate(range(0, len(texts), sections)):
            audience = [] if number % 10 == 0 else [f"team{number % self.teams}"]
            if number % 25 == 1:
                audience = [f"team{number % self.teams}", f"team{(number + 1) % self.teams}"]
            parts = texts[first : first + sections]
            body = (
                parts[0] if sections == 1 else "\n\n".join(f"## Part {n}\n\n{t}" for n, t in enumerate(parts))
            )
            name = f"{number}.txt" if sections == 1 else f"{number}.md"
            yield Upload(name=name, data=body.encode(), teams=sorted(set(audience)))

    def questions(self, count: int) -> list[str]:
        """Return questions in both languages about the topics of documents all over the corpus."""
        step = max(self.chunks // count, 1)
        return [question for number, (_, question) in enumerate(self._write()) if number % step == 0][:count]

    def _write(self) -> Iterator[tuple[str, str]]:
        chance = random.Random(self.seed)
        english, chinese = build_languages()
        for _ in range(self.chunks):
            language = chinese if chance.random() < 0.6 else english
            topic = language.choose_topic(chance)
            text = "".join(language.write_sentence(chance, topic) for _ in range(chance.randint(6, 12)))
            asked = chance.sample(topic, k=2)
            question = (
                f"{asked[0]}和{asked[1]}怎么做？"
                if language is chinese
                else f"How do we {asked[0]} for {asked[1]} users?"
            )
            yield text, question


class ProjectingEmbedder:
    """Character pairs hashed and projected: as cheap as can be, for measuring everything but the embedding."""

    def __init__(self, dimensions: int = 512) -> None:
        from knowledge.embedding.embeddings import Scale

        self.name = "projecting"
        self.dimensions = dimensions
        self.scale = Scale(lo=0.1, width=0.7, dense_weight=0.3)
        self._projection = np.random.default_rng(0).standard_normal((8192, dimensions)).astype(np.float32)

    def embed(self, texts: list[str]) -> np.ndarray:
        """Return an array (len(texts), dimensions) of float32 unit rows."""
        rows = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            codes = np.frombuffer(text.encode("utf-32-le", "ignore"), dtype=np.uint32)
            pairs = (codes[:-1] * np.uint32(31) + codes[1:]) % 8192 if len(codes) > 1 else codes % 8192
            found, counts = np.unique(pairs, return_counts=True)
            row[:] = np.sqrt(counts).astype(np.float32) @ self._projection[found]
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        return rows / np.where(norms == 0, 1, norms)
