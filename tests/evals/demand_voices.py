"""Measure how well demands are joined with the feedback about them, on the sample company's labels.

    python -m tests.evals.demand_voices

Prints, for the last one, two and six months, the share of joined texts that are about the demand (precision) and the share
of those about it that are joined (recall). Wishes for features share one label, so their demands are left out.
"""

from datetime import timedelta

import numpy as np
import pandas as pd

from assistant.sample_company.demands import tabulate_demands
from assistant.sample_company.feedback import tabulate_feedback
from assistant.sample_company.generator import SEED
from assistant.sample_company.users import draw_users
from tools.demands.declarations import DemandTable
from tools.demands.listing import Demands, describe
from tools.demands.voices import LOOK_BACK, NEAR, compare
from tools.feedback.reading import Feedback
from tools.feedback.sentiment import judge
from tools.feedback.themes import find_themes
from tools.feedback.words import clean

LABELS = {
    "LM-101": "payment_failure",
    "LM-102": "forced_phone_binding",
    "LM-103": "slow_refund",
    "LM-104": "late_delivery",
    "LM-108": "invite_reward",
    "LM-109": "unhelpful_support",
    "LM-110": "coupon_rules",
    "LM-111": "crash_and_lag",
    "LM-113": "unhelpful_support",
    "LM-114": "",
    "LM-115": "account_question",
}


def read_labelled() -> pd.DataFrame:
    """Return the sample company's feedback that is no praise, with its labels."""
    table = tabulate_feedback(draw_users(np.random.default_rng(SEED)), SEED)
    texts = [clean(text) for text in table["text"]]
    kept = table.assign(text=texts, sentiment=judge(texts).labels)
    return kept[kept["sentiment"] != "positive"].reset_index(drop=True)


def read_list() -> Demands:
    """Return the sample company's demands, all of them."""
    written = [
        {k: None if pd.isna(v) else str(v) for k, v in row.items()}
        for row in tabulate_demands().to_dict("records")
    ]
    return describe("list", DemandTable(frame="x"), pd.DataFrame(written, dtype=object), settled=True)


def measure(table: pd.DataFrame, demands: Demands, days: int) -> tuple[float, float]:
    """Return precision and recall over the last days of the feedback."""
    last = table["created_at"].max()
    recent = table[table["created_at"] > last - timedelta(days=days + LOOK_BACK)].reset_index(drop=True)
    feedback = Feedback(recent[["text", "language"]])
    themes = find_themes(feedback.vectors, recent["text"].tolist(), recent["language"].tolist())
    near = compare(feedback, demands, themes) >= NEAR
    is_now = (recent["created_at"] > last - timedelta(days=days)).to_numpy()
    right = joined = about = 0
    for key, joins in zip(demands.ids, near, strict=True):
        if key in LABELS:
            own = is_now & (recent["label_theme"] == LABELS[key]).to_numpy()
            found = is_now & np.isin(themes.labels, np.flatnonzero(joins))
            right, joined, about = right + (own & found).sum(), joined + found.sum(), about + own.sum()
    return float(right / joined), float(right / about)


if __name__ == "__main__":
    labelled, backlog = read_labelled(), read_list()
    for span in (28, 56, 180):
        precision, recall = measure(labelled, backlog, span)
        print(f"last {span} days: precision {precision:.2f}, recall {recall:.2f}")
