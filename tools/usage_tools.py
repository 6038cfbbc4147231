"""What is published about how people use the product: activity, growth, referral and retention."""

from tools.activity import ActiveUsersArguments, measure_active_users
from tools.activity_hours import ActivityHoursArguments, measure_activity_hours
from tools.adoption import FeatureAdoptionArguments, measure_feature_adoption
from tools.growth import GrowthAccountingArguments, measure_growth_accounting
from tools.power_users import PowerUsersArguments, measure_power_users
from tools.publication import MetricTool
from tools.referral import ReferralArguments, measure_referral
from tools.results import Text
from tools.retention import measure_retention
from tools.retention_arguments import RetentionArguments

USAGE_TOOLS: tuple[MetricTool, ...] = (
    MetricTool(
        "measure_active_users",
        Text("活跃用户", "Active users"),
        Text(
            zh="按日、周、月统计去重活跃用户（DAU/WAU/MAU，自然周期或滚动窗口）及粘性 DAU/MAU。",
            en="Distinct active users per day, week or month (DAU, WAU, MAU; calendar or rolling), and stickiness.",
        ),
        ("活跃", "日活", "周活", "月活", "粘性", "DAU", "WAU", "MAU", "active users", "stickiness"),
        (
            Text("最近 30 天日活", "Daily active users in the last 30 days"),
            Text("月活趋势", "Monthly active users"),
        ),
        ActiveUsersArguments,
        measure_active_users,
        totals=("*",),
    ),
    MetricTool(
        "measure_activity_hours",
        Text("活跃时段", "Activity by hour and weekday"),
        Text(
            zh="按本地小时 × 星期统计事件与用户，及每个该星期几的均值（热力图）。",
            en="Events and users by local hour and weekday, with the mean per such weekday (heatmap).",
        ),
        ("活跃时段", "高峰", "几点", "星期", "热力图", "hour of day", "weekday", "peak hours", "heatmap"),
        (
            Text("用户一般什么时候最活跃？", "At what hours are users most active?"),
            Text("9 月下单的时段分布", "Orders by hour and weekday in September"),
        ),
        ActivityHoursArguments,
        measure_activity_hours,
        totals=("mean_*",),
    ),
    MetricTool(
        "measure_feature_adoption",
        Text("功能采用", "Feature adoption"),
        Text(
            zh="各功能的采用率（占活跃用户）、新采用用户、人均与中位使用次数和使用天数。",
            en="Per feature: its share of active users, new adopters, mean and median uses, days used.",
        ),
        ("功能", "采用率", "渗透率", "使用频次", "feature", "adoption", "penetration", "usage", "frequency"),
        (
            Text("分享和发帖功能的采用率", "Adoption of sharing and posting"),
            Text("用户平均多久用一次分享？", "How often do people use sharing?"),
        ),
        FeatureAdoptionArguments,
        measure_feature_adoption,
    ),
    MetricTool(
        "measure_power_users",
        Text("高频用户曲线", "Power-user curve"),
        Text(
            zh="窗口内活跃天数的分布（L7、L28）与至少活跃 k 天的用户占比。",
            en="Distribution of active days per user in a window (L7, L28), and the share with at least k days.",
        ),
        (
            "高频用户",
            "活跃天数",
            "重度用户",
            "power users",
            "L7",
            "L28",
            "L30",
            "active days",
            "engagement depth",
        ),
        (
            Text(
                "9 月有多少用户活跃了 14 天以上？",
                "How many users were active on 14 days or more in September?",
            ),
            Text("最近 7 天的活跃天数分布", "Active days per user over the last 7 days"),
        ),
        PowerUsersArguments,
        measure_power_users,
    ),
    MetricTool(
        "measure_growth_accounting",
        Text("用户增长核算", "Growth accounting"),
        Text(
            zh="把活跃用户分为新增、回访、回流，并统计沉默用户与快速比率。",
            en="Split active users into new, returning and resurrected; count dormant users; quick ratio.",
        ),
        (
            "新增",
            "回流",
            "沉默",
            "流失",
            "生命周期",
            "growth accounting",
            "lifecycle",
            "dormant",
            "quick ratio",
        ),
        (
            Text("每周新增、回流和沉默用户", "New, resurrected and dormant users per week"),
            Text("各渠道的快速比率", "Quick ratio by channel"),
        ),
        GrowthAccountingArguments,
        measure_growth_accounting,
        totals=("*",),
    ),
    MetricTool(
        "measure_referral",
        Text("邀请与裂变", "Referral"),
        Text(
            zh="邀请数、接受率、K 因子、人均邀请与邀请周期。",
            en="Invites, acceptance rate, K-factor, inviters and invites per user, cycle time.",
        ),
        (
            "邀请",
            "裂变",
            "K 因子",
            "老带新",
            "病毒系数",
            "referral",
            "invites",
            "K-factor",
            "viral",
            "cycle time",
        ),
        (
            Text("7 月的 K 因子是多少？", "What was the K-factor in July?"),
            Text("邀请到接受要多久？", "How long from invite to acceptance?"),
        ),
        ReferralArguments,
        measure_referral,
        totals=("*",),
    ),
    MetricTool(
        "measure_retention",
        Text("留存", "Retention"),
        Text(
            zh="同期群留存：第 n 天/周/月（或区间、或及以后）返回的比例与人均价值，可预测长期留存；未成熟的单元为空，不计入平均。",
            en="Cohort retention: the share that returns in the n-th day, week or month, in a bracket, or from then "
            "on, and the value it brings; a projection of it; immature cells are null and in no average.",
        ),
        (
            "留存",
            "次日留存",
            "七日留存",
            "同期群",
            "长期留存",
            "价值留存",
            "retention",
            "cohort",
            "come back",
            "unbounded",
            "bracket",
            "long-run retention",
        ),
        (
            Text("6 月新用户的 1、7、30 日留存", "Day 1, 7 and 30 retention of June's new users"),
            Text("预测新用户第 90 天的留存", "Project new users' day-90 retention"),
        ),
        RetentionArguments,
        measure_retention,
        totals=("*",),
    ),
)
