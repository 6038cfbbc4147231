"""What the results of the usage tools do not prove, one sentence for each; the other tools say it in their own cards."""

from tools.results import DefinitionItem, limits

LIMITS: dict[str, DefinitionItem] = {
    "measure_feature_adoption": limits(
        "常用某功能的用户本来就更活跃：采用率不能证明该功能让用户留下，也不能证明推广它会有同样的效果。",
        "Those who use a feature may be the more active to begin with: adoption does not prove that it keeps users, nor "
        "that promoting it would.",
    ),
    "measure_power_users": limits(
        "分布只描述活跃得多频繁，不能证明让用户多来几天就会使其成为高频用户。",
        "The curve tells how often people come; it does not prove that bringing them in on more days makes power users.",
    ),
    "measure_growth_accounting": limits(
        "各类用户只按活跃与否划分，不能说明他们为何来去，也不能证明拉新、召回等举措的效果。",
        "Users are sorted by whether they were active; that does not prove why they came or went, nor that any campaign worked.",
    ),
    "measure_referral": limits(
        "接受邀请的用户没有邀请也可能会来：K 因子不能证明邀请带来了这么多额外的用户。",
        "Some who accepted an invite might have come without one: the K-factor does not prove that invites brought that many "
        "more users.",
    ),
    "measure_retention": limits(
        "留存更高的一批用户可能本来就不同：差异不能证明某次改动或某个渠道让他们留下，推算也假设今后与过去相同。",
        "Users of a cohort that stays longer may differ from the start: the difference does not prove that a change or a "
        "channel kept them; and a projection takes what is to come to be like what was.",
    ),
    "measure_funnel": limits(
        "走到下一步的用户意愿本来更强：转化率不能证明流失由该步造成，可挽回的流失是假设测算，不是承诺。",
        "Those who go on wanted to more from the start: conversion does not prove that a step causes its drop, and the "
        "recoverable drop is a what-if, no promise.",
    ),
    "measure_paths": limits(
        "先后不等于因果：常见路径不能证明前一个事件促成了后一个，也不能证明引导用户走这条路会有效。",
        "What comes first need not be the cause: a frequent path does not prove that one event leads to the next, nor that "
        "guiding users along it works.",
    ),
    "explain_change": limits(
        "贡献说明变化出现在哪里，不能证明是什么造成的：集中在某个细分不等于该细分就是原因。",
        "Contributions tell where the change is; they do not prove what made it: the segment that holds it need not be its "
        "cause.",
    ),
    "measure_rfm": limits(
        "分组只描述以往行为，不能证明对某组的触达会改变其购买。",
        "Groups describe past behaviour; they do not prove that reaching out to one changes what it buys.",
    ),
    "measure_lifecycle": limits(
        "状态只按距上次活跃的天数划分，不能证明有流失风险的用户会走，也不能说明原因。",
        "States go by the days since somebody was active; they do not prove that users at risk will leave, nor why.",
    ),
    "measure_value_tiers": limits(
        "层级按以往金额划分：不能证明高层级的用户今后仍会如此，也不能证明优待他们会带来更多。",
        "Tiers go by past amounts: they do not prove that the top will stay so, nor that favouring it brings more.",
    ),
    "measure_segment": limits(
        "人数变化只说明谁符合规则，不能证明是什么让用户进入或离开人群。",
        "Sizes tell who fits the rule; they do not prove what made people come in or leave.",
    ),
    "describe_segment": limits(
        "画像列出的是相关而非因果：不能证明具备这些特征会让用户成为这类人群。",
        "A persona lists what goes together: it does not prove that these traits make people part of the segment.",
    ),
}
