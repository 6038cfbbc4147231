"""What the sample company might build next: its list of demands, and a Kano survey about some of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

STREAM = 9
RESPONDENTS = 160
# Key, title, title in English, audience, reach as guessed, impact, confidence in %, person-weeks, ease, status.
DEMANDS: tuple[tuple[str, str, str, str | None, int | None, float, int | None, float | None, int, str], ...] = (
    ("LM-101", "支付失败后自动重试、可换卡支付", "Retry failed payments and offer another card", "发起支付", 9_000, 3, 80, 4, 5, "待评审"),
    ("LM-102", "新手引导可跳过绑定手机和兴趣页", "Let newcomers skip phone binding and the interests page", "注册", 12_000, 2, 90, 1.5, 9, "待评审"),
    ("LM-103", "退款进度可查、到账提醒", "Show refund progress and announce the payment", "退款", 400, 2, 80, 2, 8, "待评审"),
    ("LM-104", "物流超时预警、延误自动补偿", "Warn of late deliveries and compensate for delays", "支付成功", 3_000, 2, 50, 6, 4, "待评审"),
    ("LM-105", "深色模式与大字体", "Dark mode and larger fonts", "*", 8_000, 0.5, 80, 3, 7, "待评审"),
    ("LM-106", "商品降价提醒", "Price-drop alerts", "加购", 5_000, 1, 80, 2, 8, "规划中"),
    ("LM-107", "心愿单分组", "Folders in the wish list", None, 1_500, 0.5, 50, 1, 9, "待评审"),
    ("LM-108", "邀请奖励进度可查", "Show the progress of invite rewards", "发出邀请", 2_000, 1, 80, 1, 9, "待评审"),
    ("LM-109", "转人工客服一分钟内接入", "A human agent within a minute", None, 1_200, 2, 50, 8, 3, "待评审"),
    ("LM-110", "优惠券到期提醒、结算时自动用券", "Coupon expiry reminders, best coupon applied at checkout", "加购", 6_000, 1, 80, 3, 6, "规划中"),
    ("LM-111", "安卓启动提速、减少闪退", "Faster start and fewer crashes on Android", "平台=安卓", 10_000, 2, 80, 6, 4, "待评审"),
    ("LM-112", "平板版", "A version for tablets", None, 800, 1, None, 12, 2, "待评审"),
    ("LM-113", "高价值用户专属客服", "Personal service for high-value users", "高价值用户", 1_000, 1, 50, 3, 5, "待评审"),
    ("LM-114", "会员积分商城", "A points mall for members", "*", 15_000, 1, 50, None, 3, "待评审"),
    ("LM-115", "自助修改收货地址", "Change the shipping address oneself", "支付成功", 3_000, 1, 100, 1, 9, "已完成"),
)  # fmt: skip
ANSWERS = ("我很喜欢", "理应如此", "无所谓", "勉强接受", "我很不喜欢")
# Of each demand: how people answer if it is there, and if it is not, from like to dislike.
OPINIONS: dict[str, tuple[tuple[float, ...], tuple[float, ...]]] = {
    "LM-101": ((0.22, 0.62, 0.14, 0.02, 0.0), (0.01, 0.03, 0.1, 0.12, 0.74)),
    "LM-102": ((0.6, 0.2, 0.16, 0.03, 0.01), (0.02, 0.05, 0.17, 0.2, 0.56)),
    "LM-103": ((0.55, 0.32, 0.12, 0.01, 0.0), (0.01, 0.04, 0.12, 0.19, 0.64)),
    "LM-105": ((0.64, 0.08, 0.24, 0.03, 0.01), (0.02, 0.06, 0.46, 0.38, 0.08)),
    "LM-106": ((0.6, 0.12, 0.22, 0.05, 0.01), (0.01, 0.06, 0.4, 0.36, 0.17)),
    "LM-107": ((0.25, 0.1, 0.55, 0.08, 0.02), (0.03, 0.07, 0.62, 0.23, 0.05)),
    "LM-114": ((0.33, 0.06, 0.4, 0.1, 0.11), (0.1, 0.09, 0.5, 0.21, 0.1)),
}


def tabulate_demands() -> pd.DataFrame:
    """Return key, title, title_en, audience, reach, impact, confidence (%), effort (person-weeks), ease, status."""
    columns = [
        "key",
        "title",
        "title_en",
        "audience",
        "reach",
        "impact",
        "confidence",
        "effort",
        "ease",
        "status",
    ]
    return pd.DataFrame(DEMANDS, columns=columns)


def tabulate_survey(users: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return demand, user_id, functional, dysfunctional: what users answered, from a random stream of its own."""
    rng = np.random.default_rng([seed, STREAM])
    asked = rng.choice(users["user_id"].to_numpy(), RESPONDENTS, replace=False)
    answers = np.array(ANSWERS)
    parts = []
    for key, (there, absent) in OPINIONS.items():
        both = {"functional": there, "dysfunctional": absent}
        drawn = {side: answers[rng.choice(len(ANSWERS), RESPONDENTS, p=p)] for side, p in both.items()}
        parts.append(pd.DataFrame({"demand": key, "user_id": asked, **drawn}))
    return pd.concat(parts, ignore_index=True)
