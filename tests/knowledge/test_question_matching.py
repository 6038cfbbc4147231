"""Which questions are the same, with paraphrases and near misses in both languages."""

import pytest

from knowledge.curation.question_likeness import Likeness
from knowledge.curation.question_matching import is_same, normalise
from knowledge.embedding.embeddings import default_embedder
from knowledge.search.dictionary import Dictionary

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


#: Ways to put a question that need more than leaving out a filler: yes or no, who, politeness, names.
REWORDED = [
    ("发票抬头能改吗？", "发票的抬头能不能修改？"),
    ("发票抬头能改吗？", "可以修改发票抬头吗"),
    ("发票抬头能改吗", "发票抬头是否可以更改？"),
    ("有新人优惠券吗", "有没有新人优惠券？"),
    ("推广活动需要审批吗", "推广活动要不要审批？"),
    ("推广活动需要审批吗", "推广活动是否需要审批"),
    ("次留怎么算", "次日留存怎么计算"),
    ("投放由谁负责", "投放的负责人是谁？"),
    ("周报模板在哪里", "哪里有周报模板？"),
    ("一天最多发几条推送", "推送一天最多能发几条"),
    ("怎么联系客服", "客服如何联系？"),
    ("我想知道退款要多久", "退款需要多长时间？"),
    ("流失的定义是什么", "什么是流失？"),
    ("Can I change the invoice title?", "Is it possible to change the title of the invoice?"),
    ("Can I change the invoice title?", "Am I able to change an invoice's title"),
    ("Who is responsible for push?", "Who is in charge of push?"),
    ("What is the definition of churn?", "What is churn?"),
    ("Do we have an onboarding checklist?", "Is there an onboarding checklist?"),
    ("How do I cancel a subscription?", "What is the way to cancel my subscription?"),
    ("Could you tell me where the dashboard is?", "Where is the dashboard?"),
    ("Do we need approval for discounts?", "Is approval needed for discounts?"),
    ("会员可以转让吗", "会员能转让吗"),
    ("订单地址能修改吗", "订单的地址可不可以改？"),
    ("海外仓支持退货吗", "海外仓是否支持退货？"),
    ("合同谁来盖章", "合同由谁盖章？"),
    ("会员日是哪天", "会员日是什么时候"),
    ("如何查看直播数据", "怎么看直播数据"),
    ("请问一下试用期有多长时间", "试用期多久？"),
    ("能不能重复领取礼包", "礼包可以重复领取吗"),
    ("有没有达人报价表", "有达人报价表吗"),
    ("KOL 怎么结算", "怎么和KOL结算"),
    ("报名截止是哪一天", "什么时候报名截止"),
    ("积分会过期吗", "积分会不会过期？"),
    ("Can coupons be stacked?", "Is it possible to stack coupons?"),
    ("Who owns the referral budget?", "Who is responsible for the referral budget?"),
    ("Are there any brand guidelines?", "Do we have brand guidelines?"),
    ("What are the steps to launch a campaign?", "How do I launch a campaign?"),
    ("I'd like to know how long the trial lasts", "How long does the trial last?"),
    ("Can we export the report?", "May I export the report?"),
    ("What does GMV mean?", "What's the definition of GMV?"),
    ("How is day-1 retention calculated?", "How do you calculate day-1 retention?"),
    ("How are refunds requested?", "How can I request a refund?"),
]  # fmt: skip
NOT_REWORDED = [
    ("发票抬头能改吗", "发票金额能改吗"),
    ("发票抬头能改吗", "发票抬头不能改吗"),
    ("发票抬头能改吗", "发票抬头怎么改"),
    ("发票抬头能改吗", "合同抬头能改吗"),
    ("可以叠加优惠券吗", "必须叠加优惠券吗"),
    ("需要审批吗", "审批完了吗"),
    ("推广活动需要审批吗", "推广活动不需要审批吗"),
    ("有新人优惠券吗", "有老人优惠券吗"),
    ("次留怎么算", "7日留存怎么算"),
    ("次留怎么提升", "次留怎么算"),
    ("投放由谁负责", "投放由谁审批"),
    ("投放的负责人是谁", "投放的对象是谁"),
    ("怎么修改密码", "怎么找回密码"),
    ("注册失败怎么办", "登录失败怎么办"),
    ("上月GMV是多少", "本月GMV是多少"),
    ("积分会过期吗", "优惠券会过期吗"),
    ("会员可以转让吗", "会员可以退吗"),
    ("一天最多发几条推送", "一天最少发几条推送"),
    ("一周最多发几条推送", "一天最多发几条推送"),
    ("北京的试用期多久", "上海的试用期多久"),
    ("iOS怎么续费", "安卓怎么续费"),
    ("开启自动续费", "关闭自动续费"),
    ("为什么能退款", "为什么要退款"),
    ("什么时候能退款", "什么时候要退款"),
    ("小张能替小王审批吗", "小王能替小张审批吗"),
    ("Can I change the invoice title?", "Can I change the invoice amount?"),
    ("Can I change the invoice title?", "Can't I change the invoice title?"),
    ("Can I change the invoice title?", "Should I change the invoice title?"),
    ("Can I change the invoice title?", "How do I change the invoice title?"),
    ("Who is responsible for push?", "Who is responsible for email?"),
    ("Do we have brand guidelines?", "Do we need brand guidelines?"),
    ("How do I cancel a subscription?", "How do I renew a subscription?"),
    ("What is churn?", "What is retention?"),
    ("How long does the trial last?", "How long did the trial last?"),
    ("What was GMV in May?", "What was GMV in June?"),
    ("Can editors delete pages?", "Can pages delete editors?"),
    ("Is stacking 2 coupons possible?", "Is stacking 3 coupons possible?"),
    ("head of growth at Beijing", "growth of head at Beijing"),
    ("When is approval needed?", "Is approval needed?"),
    ("退款多久到账", "How long until a shipment arrives?"),
    ("次日留存怎么算", "How is day-7 retention calculated?"),
    ("年会在哪里办", "When is the annual party held?"),
    ("安卓怎么续费", "How do I renew on iOS?"),
    ("付费用户可以退款吗", "Can free users get a refund?"),
    ("上周留存是多少", "What is retention this week?"),
    ("发票怎么开", "How do I return an invoice?"),
    ("可以叠加优惠券吗", "Can coupons not be stacked?"),
    ("停车位怎么申请", "How do I cancel a parking space?"),
    ("年假有几天", "病假有几天"),
    ("How many days of annual leave do we have?", "病假有几天"),
    ("咖啡机坏了怎么办", "打印机坏了怎么办"),
    ("会员价格是多少", "会员人数是多少"),
    ("合同模板在哪下载", "合同模板在哪上传"),
    ("怎么开通直播", "怎么关闭直播"),
    ("怎么提高复购", "怎么降低复购"),
    ("How do I increase retention?", "How do I decrease retention?"),
    ("How do I enable alerts?", "How do I disable alerts?"),
    ("How do sellers rate buyers?", "How do buyers rate sellers?"),
    ("How are sellers rated?", "How do sellers rate buyers?"),
]  # fmt: skip
#: About the same, in other words or in the other language.
ABOUT_THE_SAME = [
    ("退款多久到账", "How long until a refund arrives?"),
    ("怎么申请优惠券", "How do I apply for a coupon?"),
    ("发票抬头能改吗", "Can I change the invoice title?"),
    ("公司的年假有几天", "How many days of annual leave do we have?"),
    ("年会在哪里办", "Where is the annual party held?"),
    ("退款什么时候到账", "退款多久能到账"),
    ("报销流程是什么", "怎么报销"),
    ("取消订阅的步骤", "怎么取消订阅"),
    ("服务器宕机了找谁", "服务器宕机应该联系谁"),
    ("How do I terminate my subscription?", "How can I cancel the subscription?"),
    ("Who approves campaign budgets?", "活动预算由谁审批？"),
    ("咖啡机坏了怎么办", "咖啡机坏了找谁修"),
    ("What is our refund policy?", "How do refunds work?"),
    ("打印机怎么连接", "如何连接打印机到电脑"),
    ("怎么修改密码", "How do I reset my password?"),
    ("入职培训什么时候", "新员工培训是什么时候"),
    ("直播间怎么开通", "怎么申请开通直播间"),
    ("团建经费有多少", "How much is the team-building budget?"),
    ("出差住宿标准是多少", "What is the hotel allowance for business trips?"),
    ("会员怎么退订", "How do I unsubscribe from membership?"),
    ("停车位怎么申请", "How do I apply for a parking space?"),
    ("合同模板在哪下载", "Where can I download the contract template?"),
    ("产品什么时候上线", "When does the product launch?"),
    ("电脑坏了找谁", "电脑故障联系谁"),
    ("怎么更换供应商", "如何变更供应商"),
    ("工资什么时候发", "发工资是哪天"),
    ("Where do I park?", "Where can I leave my car in the parking lot?"),
    ("How do I modify an order?", "How can I change my order?"),
    ("请假流程", "怎么请假"),
    ("物流太慢怎么投诉", "快递慢如何投诉"),
    ("How long is the warranty?", "保修期多久"),
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


def test_rewording_is_mostly_seen_and_never_in_a_question_for_something_else() -> None:
    seen = sum(is_same(*pair, c) for pair, c in zip(REWORDED, measure(REWORDED), strict=True))
    assert seen >= 0.85 * len(REWORDED)
    false = [pair for pair, c in zip(NOT_REWORDED, measure(NOT_REWORDED), strict=True) if is_same(*pair, c)]
    assert false == []


@pytest.fixture(scope="module")
def likeness() -> Likeness:
    return Likeness(Dictionary())


def test_questions_about_the_same_are_mostly_grouped(likeness: Likeness) -> None:
    def count(pairs: list[tuple[str, str]]) -> int:
        return sum(likeness.is_alike(*pair, c) for pair, c in zip(pairs, measure(pairs), strict=True))

    assert count(REWORDED) == len(REWORDED)
    assert count(ABOUT_THE_SAME) >= 0.5 * len(ABOUT_THE_SAME)
    assert count(NOT_SAME + NOT_REWORDED) <= 0.3 * len(NOT_SAME + NOT_REWORDED)


@pytest.mark.parametrize(
    ("one", "other"),
    [("次日留存怎么算", "次日留存怎么算好"), ("退款多久到账", "How long until a refund arrives?"), ("打印机怎么连接", "如何连接打印机到电脑")],
)  # fmt: skip
def test_questions_about_the_same_are_alike(likeness: Likeness, one: str, other: str) -> None:
    assert likeness.is_alike(one, other, 0.85)
    assert not likeness.is_alike(one, other, 0.3)


@pytest.mark.parametrize(
    ("one", "other"),
    [("次日留存怎么算", "7日留存怎么算"), ("北京仓发货要多久", "上海仓发货要多久"), ("年会在哪里办", "When is the annual party?"),
     ("怎么开推送", "怎么关推送"), ("怎么提高复购", "怎么降低复购"), ("可以退款吗", "不可以退款吗")],
)  # fmt: skip
def test_other_figures_names_or_opposites_are_not_alike(likeness: Likeness, one: str, other: str) -> None:
    assert not likeness.is_alike(one, other, 0.99)


def test_normalising_leaves_letters_alone() -> None:
    assert normalise(" 什麼是ＫＯＣ？ ") == normalise("什么是koc") == "什么是koc"
