"""Which questions are the same, with paraphrases and near misses in both languages."""

import pytest

from knowledge.curation.question_matching import is_alike, is_same, normalise
from knowledge.embedding.embeddings import default_embedder

SAME = [
    ("次日留存怎么算？", "次日留存是怎么计算的"), ("次日留存怎么算", "请问次日留存率怎么算呀"), ("退款需要多久", "退款要多长时间"),
    ("怎么申请优惠券", "优惠券怎么申请"), ("如何开通会员", "会员怎么开通？"), ("新人培训在哪里看", "新人培训去哪儿看"),
    ("报销流程是什么", "报销的流程是怎样的"), ("召回沉默用户用什么办法", "用什么方法召回沉默用户"), ("什么是KOC", "KOC是什么意思"),
    ("大促期间谁值班", "大促时谁来值班"), ("数据多久更新一次", "數據多久更新一次？"), ("活动预算谁审批", "活动预算由谁审批？"),
    ("为什么日活会下降", "日活为何会下降呢"), ("积分怎么兑换", "怎么兑换积分？"), ("会员有效期多长时间", "会员有效期是多久"),
    ("how do I get a refund", "How can I get a refund?"), ("What is a KOC?", "what's KOC"), ("What day is the review?", "When is the review?"),
    ("Who approves campaign budgets?", "Who approves the campaign budget"), ("How long does a refund take?", "how long do refunds take"),
    ("How often is the data updated?", "how often does the data update"), ("Where can I see the dashboard?", "Where is the dashboard?"),
    ("How do I reset my password?", "how can we reset the password"), ("Why does the app crash?", "Why do apps crash"),
]  # fmt: skip
NOT_SAME = [
    ("次日留存怎么算", "7日留存怎么算"), ("次日留存怎么算", "七日留存怎么算"), ("上周留存是多少", "本周留存是多少"), ("怎么开推送", "怎么关推送"),
    ("优惠券怎么用", "优惠券怎么不能用"), ("如何提升客单价", "如何降低客单价"), ("新用户怎么运营", "老用户怎么运营"), ("退款需要多久", "退货需要多久"),
    ("安卓次日留存是多少", "iOS次日留存是多少"), ("2025年预算是多少", "2026年预算是多少"), ("周报什么时候交", "月报什么时候交"), ("什么是KOC", "什么是KOL"),
    ("活动预算谁审批", "活动预算谁使用"), ("付费用户可以退款吗", "免费用户可以退款吗"), ("可以叠加优惠券吗", "不可以叠加优惠券吗"), ("审批要几天", "审批要几个人"),
    ("满100减10怎么用", "满200减10怎么用"), ("登录前怎么埋点", "登录后怎么埋点"), ("北京仓发货要多久", "上海仓发货要多久"), ("小王向谁汇报", "谁向小王汇报"),
    ("从旧版怎么迁移到新版", "从新版怎么迁移到旧版"), ("买家怎么投诉卖家", "卖家怎么投诉买家"), ("日活为什么下降", "日活为什么没下降"), ("要审批吗", "审批了吗"),
    ("A渠道留存怎么样", "B渠道留存怎么样"), ("第一季度目标是多少", "第二季度目标是多少"), ("直播几点开始", "直播几点结束"), ("发票怎么开", "发票怎么退"),
    ("How is day-1 retention calculated?", "How is day-7 retention calculated?"), ("How do I enable push?", "How do I disable push?"),
    ("Can paid users get a refund?", "Can unpaid users get a refund?"), ("What was retention last week?", "What was retention this week?"),
    ("Is stacking coupons allowed?", "Is stacking coupons not allowed?"), ("How to track before login?", "How to track after login?"),
    ("what can new users buy", "what can users buy new"), ("Who reports to Anna?", "Who does Anna report to?"), ("What is churn?", "What was churn?"),
    ("Should we refund users?", "Do we refund users?"), ("How do I find orders?", "How do I order?"), ("Does marketing pay sales?", "Does sales pay marketing?"),
    ("How much is shipping to China?", "How much is shipping from China?"), ("Who can approve discounts above 20%?", "Who can approve discounts below 20%?"),
    ("Why does the app crash?", "Why doesn't the app crash?"), ("How do I turn on alerts?", "How do I turn off alerts?"),
]  # fmt: skip


def measure(pairs: list[tuple[str, str]]) -> list[float]:
    vectors = default_embedder().embed([question for pair in pairs for question in pair])
    return [float(a @ b) for a, b in zip(vectors[::2], vectors[1::2], strict=True)]


def test_paraphrases_are_the_same_and_near_misses_are_not() -> None:
    assert [pair for pair, c in zip(SAME, measure(SAME), strict=True) if not is_same(*pair, c)] == []
    assert [pair for pair, c in zip(NOT_SAME, measure(NOT_SAME), strict=True) if is_same(*pair, c)] == []


def test_similarity_alone_could_not_tell_them_apart() -> None:
    assert max(measure(NOT_SAME)) > 0.95
    assert min(measure(SAME)) < 0.7


@pytest.mark.parametrize(
    ("one", "other"),
    [("次日留存怎么算", "次日留存怎么算好"), ("退款多久到账", "How long until a refund arrives?")],
)
def test_questions_about_the_same_are_alike(one: str, other: str) -> None:
    assert is_alike(one, other, 0.85)
    assert not is_alike(one, other, 0.5)


def test_other_figures_or_names_are_not_alike() -> None:
    assert not is_alike("次日留存怎么算", "7日留存怎么算", 0.99)
    assert not is_alike("北京仓发货要多久", "上海仓发货要多久", 0.99)


def test_normalising_leaves_letters_alone() -> None:
    assert normalise(" 什麼是ＫＯＣ？ ") == normalise("什么是koc") == "什么是koc"
