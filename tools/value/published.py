"""The published tools of this room."""

from tools.publication import MetricTool
from tools.results import Text
from tools.value.lifetime import LifetimeArguments, measure_lifetime_value
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
)  # fmt: skip
