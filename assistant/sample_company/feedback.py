"""What users of the sample company write about it, with the labels of whoever wrote it down."""

from __future__ import annotations

import numpy as np
import pandas as pd

from assistant.sample_company import feedback_phrases as phrases
from assistant.sample_company.events import DAY, to_instant
from assistant.sample_company.feedback_phrases import THEMES, Theme
from assistant.sample_company.stories import (
    DAYS,
    ONBOARDING_RELEASE,
    PAYMENT_INCIDENT,
    PROMOTION_618,
    REFERRAL_CAMPAIGN,
)

STREAM = 5
TEXTS_A_DAY = 4.2
CHANNELS = ("app_store", "ticket", "survey", "community")
CHANNEL_SHARE = {
    "negative": (0.4, 0.35, 0.1, 0.15),
    "positive": (0.45, 0.02, 0.23, 0.3),
    "neutral": (0.1, 0.5, 0.2, 0.2),
    "mixed": (0.5, 0.1, 0.2, 0.2),
}
RATINGS = {
    "negative": (0.62, 0.28, 0.08, 0.01, 0.01),
    "positive": (0.0, 0.01, 0.03, 0.21, 0.75),
    "neutral": (0.02, 0.08, 0.5, 0.25, 0.15),
    "mixed": (0.05, 0.25, 0.5, 0.18, 0.02),
}
CHINESE = 0.6
# Texts a day that a story adds, and for how many days after it people still write.
WAVES = (
    (phrases.PAYMENT, PAYMENT_INCIDENT, 11.0, 1),
    (phrases.BINDING, ONBOARDING_RELEASE, 9.0, 0),
    (phrases.DELIVERY, PROMOTION_618, 5.0, 8),
    (phrases.REWARD, REFERRAL_CAMPAIGN, 1.2, 5),
)
CONTACT_SHARE = 0.03


def tabulate_feedback(users: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Write the feedback of half a year, from a random stream of its own.

    Returns:
        feedback_id, user_id (missing for a third), created_at, channel, rating (1 to 5, missing where the channel has
        none), language, text; and label_theme and label_sentiment, which no tool reads.
    """
    rng = np.random.default_rng([seed, STREAM])
    written = [(day, theme) for day in range(DAYS) for theme in draw_themes(day, rng)]
    rows = [write_row(day, theme, users, rng) for day, theme in written]
    rows += plant(users, rng)
    table = pd.DataFrame(rows).sort_values("second", ignore_index=True, kind="stable")
    table.insert(0, "feedback_id", np.arange(1, len(table) + 1))
    table.insert(2, "created_at", to_instant(table.pop("second").to_numpy()))
    return table.astype({"user_id": "Int64", "rating": "Int64"})


def draw_themes(day: int, rng: np.random.Generator) -> list[Theme]:
    """Draw what is written about on a day."""
    share = np.array([theme.share for theme in THEMES])
    usual = rng.choice(len(THEMES), rng.poisson(TEXTS_A_DAY), p=share / share.sum())
    drawn = [THEMES[i] for i in usual]
    for theme, story, texts, after in WAVES:
        days = story.days
        if days.start <= day < days.stop + after:
            drawn += [theme] * rng.poisson(texts)
    return drawn


def write_row(day: int, theme: Theme, users: pd.DataFrame, rng: np.random.Generator) -> dict[str, object]:
    """Write one text as somebody."""
    language = "zh" if rng.random() < CHINESE else "en"
    channel = CHANNELS[rng.choice(len(CHANNELS), p=CHANNEL_SHARE[theme.tone])]
    rated = channel in ("app_store", "survey")
    return {
        "user_id": find_writer(day, theme, users, rng) if rng.random() < 0.67 else None,
        "second": day * DAY + int(rng.integers(7 * 3600, 23 * 3600)),
        "channel": channel,
        "rating": int(rng.choice(5, p=RATINGS[theme.tone])) + 1 if rated else None,
        "language": language,
        "text": write_text(theme, language, rng),
        "label_theme": theme.name,
        "label_sentiment": theme.tone,
    }


def find_writer(day: int, theme: Theme, users: pd.DataFrame, rng: np.random.Generator) -> int:
    """Choose a user who was there by then; of new onboarding a new one writes, of Android's payment one on Android."""
    known = users["signup_day"] <= day
    if theme is phrases.BINDING:
        known &= users["signup_day"] >= day - 2
    if theme is phrases.PAYMENT and day in PAYMENT_INCIDENT.days:
        known &= users["platform"] == 0
    return int(rng.choice(users["user_id"].to_numpy()[known.to_numpy()]))


def write_text(theme: Theme, language: str, rng: np.random.Generator) -> str:
    """Put a text together: a phrase, and perhaps something before and after it."""

    def pick(choices: tuple[str, ...] | list[str]) -> str:
        return choices[int(rng.integers(len(choices)))]

    body = pick(theme.phrases(language)).format(
        item=pick(phrases.ITEMS[language]), n=int(rng.integers(2, 9)), place=pick(phrases.PLACES[language])
    )
    before, after = (part.get((language, theme.tone), ("",)) for part in (phrases.BEFORE, phrases.AFTER))
    text = pick(before) + body + pick(after)
    if theme.tone == "negative" and rng.random() < CONTACT_SHARE:
        digits = "".join(str(d) for d in rng.integers(0, 10, 8))
        text += phrases.CONTACTS[language].format(digits=digits, name=f"user{rng.integers(100, 999)}")
    return text


def plant(users: pd.DataFrame, rng: np.random.Generator) -> list[dict[str, object]]:
    """Write what tries to give orders to whoever reads it."""
    rows = []
    for day, language in ((60, "zh"), (120, "en"), (172, "zh"), (174, "en")):
        row = write_row(day, phrases.HOW_TO, users, rng)
        rows.append(row | {"language": language, "text": phrases.PLANTED[language], "label_theme": "planted"})
    return rows
