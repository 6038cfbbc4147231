"""The published tools of this room."""

from tools.publication import MetricTool
from tools.results import Text
from tools.value.budget import BudgetArguments, track_budget
from tools.value.channels import ChannelArguments, measure_channel_returns
from tools.value.lifetime import LifetimeArguments, measure_lifetime_value
from tools.value.moved_amount import ReallocationArguments
from tools.value.reallocation import simulate_reallocation
from tools.value.repeat import RepeatArguments, measure_repeat_purchases
from tools.value.revenue import RevenueArguments, measure_revenue

VALUE_TOOLS: tuple[MetricTool, ...] = (
    MetricTool(
        "measure_lifetime_value",
        Text("客户生命周期价值", "Customer lifetime value"),
        Text(
            zh="客户的生命周期价值（LTV）：已实现价值与今后预计价值并列，购买次数用 BG/NBD、金额用 Gamma-Gamma 模型估计，并用期末数据检验。",
            en="Customer lifetime value (LTV): what customers have brought beside what they are expected to bring, by BG/NBD "
            "and gamma-gamma models that are tried on the last days of the data.",
        ),
        ("LTV", "CLV", "CLTV", "生命周期价值", "客户终身价值", "终身价值", "用户终身价值", "预计价值", "lifetime value", "customer value", "BG/NBD"),
        (
            Text("客户的生命周期价值（LTV）是多少？", "What is the lifetime value (LTV) of our customers?"),
            Text("各渠道客户的 LTV", "Lifetime value by channel"),
        ),
        LifetimeArguments,
        measure_lifetime_value,
        totals=("lifetime_value", "historical_value", "future_value", "expected_purchases", "chance_alive", "new_customer_*", "early_value", "holdout_*"),
        looks_back=True,
    ),
    MetricTool(
        "measure_repeat_purchases",
        Text("复购", "Repeat purchases"),
        Text(
            zh="复购率：期内买两次及以上的买家占比、新买家首购后若干天内再买的占比、购买间隔与次数分布，可按维度拆分。",
            en="Repeat purchase rate: buyers with two purchases or more, new buyers who buy again within days of the first, "
            "days between purchases, how often people buy; by segment, too.",
        ),
        ("复购率分布", "购买间隔", "购买次数分布", "买几次", "回头购买", "复购用户", "复购情况", "repeat buyers", "repeat customers", "time between purchases", "days between purchases", "how often do…buy", "bought more than once"),
        (
            Text("有多少买家买了两次以上，购买间隔是多久？", "How many buyers are repeat customers, and what are the days between purchases?"),
            Text("各渠道的复购用户占比", "Share of repeat customers by channel"),
        ),
        RepeatArguments,
        measure_repeat_purchases,
        totals=("buyers", "window_rate", "median_gap"),
        looks_back=True,
    ),
    MetricTool(
        "measure_revenue",
        Text("收入与人均收入", "Revenue per user"),
        Text(
            zh="收入、ARPU（每活跃用户收入）、ARPPU（每付费用户收入）、付费率、人均购买次数与单次金额，按日/周/月或按维度。",
            en="Revenue, ARPU (per active user), ARPPU (per paying user), paying share, purchases per payer and amount per "
            "purchase, by day, week, month or segment.",
        ),
        ("ARPU", "ARPPU", "人均收入", "每用户收入", "每用户平均收入", "付费率", "人均贡献", "revenue per user", "revenue per paying user", "paying share", "average revenue per user"),
        (
            Text("上个月的 ARPU 和 ARPPU 是多少？", "What were ARPU and ARPPU last month?"),
            Text("各渠道的 ARPU", "ARPU by channel"),
        ),
        RevenueArguments,
        measure_revenue,
        totals=("revenue", "arpu", "arppu", "paying_share", "payers", "purchases_per_payer", "amount_per_purchase"),
    ),
    MetricTool(
        "measure_channel_returns",
        Text("渠道成本与回报", "Cost and return of channels"),
        Text(
            zh="各渠道的花费、获客、CAC、ROAS、ROI、贡献与回本天数：花费表与这些用户之后的购买对照。",
            en="Spending, users acquired, CAC, ROAS, ROI, contribution and payback of each channel, set against what these "
            "users bought.",
        ),
        ("CAC", "获客成本", "ROI", "ROAS", "投产比", "投入产出", "投放回报", "投放效果", "投放有没有效果", "投放划算", "回本", "回本周期", "渠道花费", "渠道贡献", "渠道的贡献", "acquisition cost", "cost per acquisition", "CPA", "payback", "pays back", "pay back", "return on ad spend", "ads work", "ad spend worth", "channel spend", "contribution by channel"),
        (
            Text("各渠道的 CAC 和 ROAS 是多少？", "CAC and ROAS by channel in August"),
            Text("哪个渠道回本最快？", "Which channel has the shortest payback?"),
        ),
        ChannelArguments,
        measure_channel_returns,
        totals=("spend",),
        looks_back=True,
    ),
    MetricTool(
        "track_budget",
        Text("预算执行", "Budget against spending"),
        Text(
            zh="预算与实际：各渠道的计划、实际、日均花费、推算期末花费与超支预警。",
            en="Plan against actual: budget, spending, run-rate, projected end and overrun alerts, line by line.",
        ),
        ("预算执行", "预算进度", "预算使用", "超支", "超预算", "预算…用", "花了多少预算", "budget track", "overspent", "overrun", "over budget", "run-rate", "burn rate", "budget against", "budget left"),
        (
            Text("9 月的预算会超支吗？", "Will September's budget be overspent?"),
            Text("各渠道预算执行得怎么样？", "How is the budget tracking by channel?"),
        ),
        BudgetArguments,
        track_budget,
        guards_groups=True,  # tells of money by line, of nobody
    ),
    MetricTool(
        "simulate_reallocation",
        Text("预算挪动测算", "What if spending were moved"),
        Text(
            zh="假如把一部分花费从一个渠道挪到另一个，获客会怎样变化：总额不变，只在以往出现过的花费范围内测算。",
            en="What moving spending from one channel to another would change in users acquired: the total stays the same, and "
            "only spending that has been seen is looked at.",
        ),
        ("预算挪动", "挪动预算", "挪预算", "花费挪到", "调整预算分配", "预算…挪", "预算…转到", "预算…转给", "预算…移到", "预算…调到", "预算…分给", "从…挪", "从…转到", "把…挪", "少投…多投", "move…budget", "move…spend", "move…from", "shift…spend", "shift…budget", "shift…from", "budget…moved", "reallocate"),
        (
            Text("挪动预算会怎样改变获客？", "What if we move budget between channels?"),
            Text("如果把抖音的 1 万预算挪到小红书会怎样？", "What if we move 20% of Douyin's budget to WeChat?"),
        ),
        ReallocationArguments,
        simulate_reallocation,
    ),
)  # fmt: skip
