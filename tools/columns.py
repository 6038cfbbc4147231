"""What the columns of result tables are called by people, and how their values are written."""

import re
from collections.abc import Sequence
from typing import Any

from tools.results import Text, format_value

#: Columns whose values are shares of one, whichever tool they come from.
_RATIOS = frozenset(
    ("adoption", "share", "share_at_least", "acceptance_rate", "step_conversion", "conversion", "stickiness",
     "amount_share", "weight_before", "weight_after", "retention", "share_inside", "share_outside",
     "negative_share", "paying_share", "repeat_rate", "window_rate", "expected_share", "chance_alive", "staying", "risk", "mean_risk",
     "predicted", "observed", "predicted_from", "predicted_to", "relative", "relative_effect", "roi", "keeps_lead", "in_top", "same_class",
     "confidence", "lead")
)  # fmt: skip
_NUMBERED = re.compile(r"(?P<sum>\w+_)?(?P<unit>day|week|month)_(?P<number>\d+(?:-\d+)?\+?)")
_UNITS = {"day": "天", "week": "周", "month": "月"}
_PROBABILITIES = ("pvalue", "qvalue", "chance")
_BOUNDS = ("low", "high")
_TEXTS: dict[str, Text] = {
    "period": Text("时间", "period"),
    "cohort": Text("分群", "cohort"),
    "users": Text("用户数", "users"),
    "active_users": Text("活跃用户", "active users"),
    "events": Text("事件数", "events"),
    "event": Text("事件", "event"),
    "value": Text("数值", "value"),
    "daily_mean": Text("日均", "daily mean"),
    "n": Text("样本量", "n"),
    "compared": Text("对比期", "compared"),
    "complete": Text("完整", "complete"),
    "immature": Text("未成熟", "immature"),
    "segment": Text("细分", "segment"),
    "value_before": Text("对比期数值", "value before"),
    "n_before": Text("对比期样本量", "n before"),
    "change": Text("变化", "change"),
    "weekday": Text("星期", "weekday"),
    "hour": Text("小时", "hour"),
    "days": Text("天数", "days"),
    "mean_events": Text("平均事件数", "mean events"),
    "mean_users": Text("平均用户数", "mean users"),
    "adoption": Text("采用率", "adoption"),
    "new_users": Text("新采用用户", "new users"),
    "new_buyers": Text("新买家", "new buyers"),
    "uses": Text("使用次数", "uses"),
    "mean_uses": Text("人均次数", "mean uses"),
    "median_uses": Text("次数中位数", "median uses"),
    "mean_days": Text("平均天数", "mean days"),
    "median_days": Text("天数中位数", "median days"),
    "window": Text("窗口", "window"),
    "active_days": Text("活跃天数", "active days"),
    "share": Text("占比", "share"),
    "share_at_least": Text("至少此天数的占比", "share with at least"),
    "opening": Text("期初", "opening"),
    "new": Text("新增", "new"),
    "returning": Text("回访", "returning"),
    "resurrected": Text("回流", "resurrected"),
    "dormant": Text("沉默", "dormant"),
    "active": Text("活跃", "active"),
    "quick_ratio": Text("快速比率", "quick ratio"),
    "invites": Text("邀请数", "invites"),
    "accepted": Text("接受数", "accepted"),
    "acceptance_rate": Text("接受率", "acceptance rate"),
    "step": Text("步骤", "step"),
    "step_conversion": Text("分步转化率", "step conversion"),
    "conversion": Text("总转化率", "conversion"),
    "lost": Text("流失", "lost"),
    "median_hours": Text("用时中位数（小时）", "median hours"),
    "mean_hours": Text("平均用时（小时）", "mean hours"),
    "entered": Text("进入", "entered"),
    "converted": Text("转化", "converted"),
    "kind": Text("类型", "kind"),
    "path": Text("路径", "path"),
    "occurrences": Text("出现次数", "occurrences"),
    "ended": Text("就此结束", "ended"),
    "dimension": Text("维度", "dimension"),
    "before": Text("之前", "before"),
    "after": Text("之后", "after"),
    "n_after": Text("样本量", "n after"),
    "weight_before": Text("占比（前）", "weight before"),
    "weight_after": Text("占比（后）", "weight after"),
    "rate_effect": Text("比率效应", "rate effect"),
    "mix_effect": Text("结构效应", "mix effect"),
    "contribution": Text("贡献", "contribution"),
    "low": Text("区间下限", "low"),
    "high": Text("区间上限", "high"),
    "beyond_noise": Text("超出波动", "beyond noise"),
    "expected": Text("预期值", "expected"),
    "chance": Text("偶然概率", "chance"),
    "direction": Text("方向", "direction"),
    "occasion": Text("节假日与大促", "occasion"),
    "new_level": Text("新水平", "new level"),
    "forecast": Text("预测", "forecast"),
    "naive": Text("基线预测", "naive"),
    "known_days": Text("已知天数", "known days"),
    "amount": Text("金额", "amount"),
    "mean_amount": Text("人均金额", "mean amount"),
    "amount_share": Text("金额占比", "share of amount"),
    "state": Text("状态", "state"),
    "users_before": Text("此前用户数", "users before"),
    "from_not_yet": Text("来自：尚未出现", "from not yet"),
    "from_new": Text("来自：新用户", "from new"),
    "from_current": Text("来自：活跃", "from current"),
    "from_reactivated": Text("来自：重新活跃", "from reactivated"),
    "from_resurrected": Text("来自：回流", "from resurrected"),
    "from_at_risk": Text("来自：有流失风险", "from at risk"),
    "from_dormant": Text("来自：沉睡", "from dormant"),
    "from_step": Text("起始步骤", "from step"),
    "to_step": Text("到达步骤", "to step"),
    "p25_hours": Text("用时 25 分位（小时）", "p25 hours"),
    "p75_hours": Text("用时 75 分位（小时）", "p75 hours"),
    "p90_hours": Text("用时 90 分位（小时）", "p90 hours"),
    "bucket": Text("进入时间", "entered in"),
    "mature": Text("已成熟", "mature"),
    "mature_invites": Text("已成熟邀请", "mature invites"),
    "trait": Text("特征", "trait"),
    "rest": Text("其余用户", "rest"),
    "index": Text("指数", "index"),
    "pvalue": Text("p 值", "p"),
    "qvalue": Text("校正后 p 值", "corrected p"),
    "segment_users": Text("人群用户数", "segment's users"),
    "rest_users": Text("其余用户数", "rest's users"),
    "tier": Text("层级", "tier"),
    "move": Text("流转", "move"),
    "check": Text("检查项", "check"),
    "severity": Text("严重程度", "severity"),
    "of": Text("总数", "of"),
    "what": Text("发现", "what"),
    "spoils": Text("影响", "spoils"),
    "mend": Text("处理", "mend"),
    "channel": Text("渠道", "channel"),
    "spend": Text("花费", "spending"),
    "spend_after": Text("挪动后", "after the move"),
    "users_per_week": Text("每周获客", "users a week"),
    "change_per_week": Text("每周变化", "change a week"),
    "elasticity": Text("弹性", "elasticity"),
    "date": Text("日期", "date"),
    "rank": Text("名次", "rank"),
    "id": Text("编号", "id"),
    "demand": Text("需求", "demand"),
    "score": Text("得分", "score"),
    "reach": Text("触达", "reach"),
    "reach_from": Text("触达来源", "reach from"),
    "impact": Text("影响", "impact"),
    "confidence": Text("信心", "confidence"),
    "effort": Text("投入", "effort"),
    "ease": Text("容易程度", "ease"),
    "lead": Text("领先下一名", "lead"),
    "keeps_lead": Text("领先保持", "keeps the lead"),
    "rank_range": Text("名次区间", "range of ranks"),
    "in_top": Text("进入前列", "among the first"),
    "feedback": Text("反馈条数", "feedback"),
    "class": Text("类别", "class"),
    "certainty": Text("类别把握", "certainty"),
    "respondents": Text("作答人数", "respondents"),
    "better": Text("Better 系数", "better"),
    "worse": Text("Worse 系数", "worse"),
    "importance": Text("重要程度", "importance"),
    "same_class": Text("类别不变", "same class"),
    "competitor": Text("公司", "company"),
    "feature": Text("功能", "feature"),
    "noted_on": Text("记录日期", "noted on"),
    "age_days": Text("距今天数", "age in days"),
    "mark": Text("标记", "mark"),
    "source": Text("来源", "source"),
    "note": Text("备注", "note"),
    "before_noted_on": Text("此前记录于", "before noted on"),
    "relative_change": Text("涨跌幅", "relative change"),
    "metric": Text("指标", "metric"),
    "role": Text("作用", "role"),
    "arm": Text("组别", "arm"),
    "arm_users": Text("每组用户数", "users per arm"),
    "control_users": Text("对照组用户数", "users of control"),
    "control_value": Text("对照组数值", "value of control"),
    "effect": Text("效果", "effect"),
    "relative": Text("相对变化", "relative change"),
    "relative_effect": Text("相对变化", "relative change"),
    "verdict": Text("判断", "verdict"),
    "expected_share": Text("应占比例", "expected share"),
    "during": Text("活动期间", "during"),
    "actual": Text("实际", "actual"),
    "gap": Text("差距", "gap"),
    "treated_n": Text("触达组样本量", "n of the treated"),
    "control_n": Text("对照组样本量", "n of the others"),
    "theme": Text("主题", "theme"),
    "texts": Text("反馈条数", "texts"),
    "positive": Text("正面", "positive"),
    "neutral": Text("中性", "neutral"),
    "negative": Text("负面", "negative"),
    "mixed": Text("褒贬兼有", "mixed"),
    "negative_share": Text("负面占比", "negative share"),
    "rating": Text("平均评分", "rating"),
    "trend": Text("走势", "trend"),
    "example": Text("示例", "example"),
    "second_example": Text("另一示例", "second example"),
    "day": Text("日", "day"),
    "limit": Text("预警线", "limit"),
    "level": Text("级别", "level"),
    "purchase_days": Text("购买天数", "purchase days"),
    "chance_alive": Text("仍会购买的概率", "chance to buy again"),
    "expected_purchases": Text("预计购买次数", "expected purchases"),
    "historical_value": Text("已实现价值", "value so far"),
    "future_value": Text("预计价值", "expected value"),
    "lifetime_value": Text("合计价值", "lifetime value"),
    "purchases": Text("购买次数", "purchases"),
    "repeat_users": Text("复购用户", "repeat customers"),
    "repeat_rate": Text("复购率", "repeat rate"),
    "window_rate": Text("首购后窗口内复购率", "rate within the window"),
    "payers": Text("付费用户", "payers"),
    "paying_share": Text("付费率", "paying share"),
    "revenue": Text("收入", "revenue"),
    "arpu": Text("ARPU", "ARPU"),
    "arppu": Text("ARPPU", "ARPPU"),
    "cac": Text("CAC", "CAC"),
    "roas": Text("ROAS", "ROAS"),
    "roi": Text("ROI", "ROI"),
    "payback_days": Text("回本天数", "payback days"),
    "plan": Text("预算", "plan"),
    "plan_to_date": Text("按日应花", "plan to date"),
    "run_rate": Text("近期日均", "run-rate"),
    "projected": Text("推算期末", "projected"),
    "status": Text("状态", "status"),
    "user": Text("用户", "user"),
    "risk": Text("流失概率", "risk"),
    "mean_risk": Text("平均流失概率", "mean risk"),
    "band": Text("风险级别", "risk band"),
    "days_silent": Text("沉默天数", "days silent"),
    "reasons": Text("原因", "reasons"),
    "expected_churn": Text("预计流失人数", "expected churn"),
    "churned": Text("流失人数", "churned"),
    "predicted": Text("预测流失率", "predicted"),
    "predicted_from": Text("预测概率自", "predicted from"),
    "predicted_to": Text("预测概率至", "predicted to"),
    "observed": Text("实际流失率", "observed"),
    "factor": Text("因素", "factor"),
    "at_risk": Text("观察中用户", "at risk"),
    "staying": Text("未流失占比", "staying"),
    "spread": Text("评分影响幅度", "spread of its effect"),
    "from": Text("来自", "from"),
    "votes": Text("投票", "votes"),
    "M": Text("必备", "must-be"),
    "O": Text("期望", "one-dimensional"),
    "A": Text("魅力", "attractive"),
    "I": Text("无差异", "indifferent"),
    "R": Text("反向", "reverse"),
    "Q": Text("可疑", "questionable"),
}


def column_text(name: str) -> Text:
    """Return what people call a column of a result's table.

    >>> column_text("day_2-7").zh, column_text("step_conversion").en, column_text("some_new_column").en
    ('第 2-7 天', 'step conversion', 'some new column')
    """
    if match := _NUMBERED.fullmatch(name):
        summed, unit, number = match.groups()
        lead = column_text(summed.rstrip("_")) if summed else Text("", "")
        zh, en = f"第 {number} {_UNITS[unit]}", f"{unit} {number}"
        return Text(f"{zh}{lead.zh}", f"{lead.en} {en}".strip())
    plain = name.replace("_", " ")
    return _TEXTS.get(name, Text(plain, plain))


def format_row(names: Sequence[str], row: Sequence[Any], language: str) -> list[str]:
    """Write a row of a table; the bounds of an interval as what they bound, which stands before them.

    >>> format_row(["observed", "low", "high"], [0.009, 0.0054, 0.0163], "en")
    ['0.9%', '0.5%', '1.6%']
    """
    alike: list[str] = []
    for name in names:
        alike.append(alike[-1] if name in _BOUNDS and alike else name)
    return [format_cell(name, value, language) for name, value in zip(alike, row, strict=True)]


def format_cell(name: str, value: Any, language: str) -> str:
    """Write a value of a column as people read it.

    >>> format_cell("adoption", 0.18676, "en"), format_cell("complete", True, "zh"), format_cell("users", 2850, "zh")
    ('18.7%', '是', '2,850')
    >>> format_cell("pvalue", 0.00002, "en"), format_cell("qvalue", 0.0155, "zh")
    ('<0.001', '0.015')
    """
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _YES_NO[value].in_language(language)
    if not isinstance(value, int | float):
        return str(value)
    numbered = _NUMBERED.fullmatch(name)
    if name in _RATIOS or (numbered and not numbered["sum"]):
        return format_value(value, "ratio", language)
    if isinstance(value, int):
        return f"{value:,}"
    if name in _PROBABILITIES:
        return format_value(value, "pvalue", language)
    return f"{value:,.0f}" if value.is_integer() else f"{value:,.{2 if abs(value) >= 1 else 4}f}"


_YES_NO = {True: Text("是", "yes"), False: Text("否", "no")}
