"""What feedback on an app or a shop is usually about, in a few phrases each: where two texts point to the same, they are nearer.

A sentence encoder tells "charged twice" from "the page spins" though both are about paying. The phrases name no theme
and none is shown: a text that fits none of them is grouped by its own meaning alone.
"""

from functools import cache
from typing import TYPE_CHECKING

from tools.feedback.encoder import encode

if TYPE_CHECKING:
    import numpy as np

ASPECTS = (
    ("payment failed, cannot pay, charged twice", "支付失败，付不了款，重复扣款"),
    ("late delivery, shipping is slow, parcel lost", "物流慢，发货慢，快递没收到"),
    ("refund, return, money back", "退款，退货，售后"),
    ("login, account, password, verification code", "登录，账号，验证码，绑定手机"),
    ("crash, slow, freezes, does not load", "闪退，卡顿，打不开，加载慢"),
    ("price, expensive, discount, coupon", "价格，太贵，优惠券，折扣"),
    ("product quality, broken, not as described, fake", "商品质量，破损，与描述不符，假货"),
    ("customer service, no reply from support", "客服，没人回复，态度"),
    ("search, recommendations, cannot find", "搜索，推荐，找不到商品"),
    ("notifications, spam, advertisements", "推送，通知太多，广告"),
    ("layout, interface, button, font, dark mode", "界面，按钮，字体，深色模式"),
    ("posts, community, comments, content", "社区，帖子，评论，内容"),
    ("invite friends, reward, points, membership", "邀请好友，奖励，积分，会员"),
    ("privacy, permissions, personal data", "隐私，权限，个人信息"),
    ("how do I, where can I change", "怎么，如何，在哪里修改"),
    ("please add a feature, suggestion", "希望增加功能，建议"),
    ("packaging, gift wrap", "包装，礼盒"),
)
_SHARPNESS = 20.0


def aspect_profiles(centred: "np.ndarray", means: "dict[str, np.ndarray]") -> "np.ndarray":
    """Return how far each text points to each aspect, as rows of unit length: their products are likenesses of 0 to 1.

    Args:
        centred: vectors of unit length, each language's mean taken out.
        means: of each language.
    """
    import numpy as np

    rows = []
    for aspect in _phrases():
        parts = [_unit(vectors - means[language]) for language, vectors in aspect.items()]
        rows.append(np.concatenate(parts).mean(axis=0))
    cosines = centred @ _unit(np.array(rows)).T
    weights = np.exp(_SHARPNESS * (cosines - cosines.max(axis=1, keepdims=True)))
    return _unit(weights)


@cache
def _phrases() -> tuple[dict[str, "np.ndarray"], ...]:
    return tuple({"en": encode(en.split(", ")), "zh": encode(zh.split("，"))} for en, zh in ASPECTS)


def _unit(rows: "np.ndarray") -> "np.ndarray":
    import numpy as np

    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9))
