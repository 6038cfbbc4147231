"""How a forecast is shown: its record, warnings, definition card and chart."""

from typing import TYPE_CHECKING, Any

from tools.charts import draw_band
from tools.definitions import item
from tools.monitoring.forecasting import Backtest, Forecast
from tools.monitoring.series import INTERVAL_NAMES, INTERVAL_TEXT, Series
from tools.periods import Period
from tools.results import DefinitionItem, Figure, Text, limits
from tools.scope import Scope

if TYPE_CHECKING:
    import pandas as pd

    from tools.monitoring.forecast_figures import Told

_LOW = 0.88


def quality_figures(tested: Backtest) -> list[Figure]:
    """Tell how good such forecasts were: error beside that of the baseline, and coverage of the intervals."""
    coverage, judged = tested.coverage
    return [
        Figure(
            "mase",
            tested.mase,
            "multiple",
            Text("回测误差 MASE（< 1 优于季节性重复的平均变化）", "backtested error, MASE"),
            n=tested.n,
        ),
        Figure(
            "naive_mase",
            tested.naive_mase,
            "multiple",
            Text("基线的回测误差 MASE", "the baseline's MASE"),
            n=tested.n,
        ),
        Figure(
            "coverage",
            coverage,
            "ratio",
            Text("回测中 95% 区间的实际覆盖率", "backtested coverage of the 95% intervals"),
            n=judged,
        ),
    ]


def forecast_warnings(series: Series, forecast: Forecast, tested: Backtest) -> list[Text]:
    """Say what limits a forecast: occasions without precedent, months without a season, a poor record, a short one."""
    warnings = []
    if series.interval == "month":
        warnings.append(
            Text(
                zh="月度序列不含年内季节：春节、618、双11 所在的月份会偏离预测。",
                en="Months are forecast without a season of the year: those with Chinese New Year, 618 or Double 11 will be off.",
            )
        )
    named = {o.name.zh: o.name for p in forecast.unprecedented if (o := series.occasions[series.known + p])}
    if named:
        zh, en = "、".join(named), ", ".join(n.en for n in named.values())
        warnings.append(
            Text(
                zh=f"预测期内有{zh}，数据中没有先例：按平常日预测，实际可能大不相同。",
                en=f"The days ahead hold {en}, of which the data has no precedent: they are forecast as usual days.",
            )
        )
    coverage, judged = tested.coverage
    if tested.mase is not None and tested.naive_mase is not None and tested.mase >= tested.naive_mase:
        warnings.append(
            Text(
                zh=f"回测中，预测（MASE {tested.mase:.2f}）不如直接重复上一周期（{tested.naive_mase:.2f}），请以基线为准。",
                en=f"In the backtest the forecast (MASE {tested.mase:.2f}) was no better than repeating the last season "
                f"({tested.naive_mase:.2f}): rely on the baseline.",
            )
        )
    if coverage is not None and coverage < _LOW:
        warnings.append(
            Text(
                zh=f"回测中 95% 区间只覆盖了 {coverage:.0%}（{judged} 个点），实际不确定性更大。",
                en=f"In the backtest the 95% intervals held {coverage:.0%} of {judged} points: the uncertainty is larger.",
            )
        )
    if coverage is None:
        warnings.append(
            Text(
                zh="历史太短，无法回测区间的覆盖率，区间按 t 分布给出。",
                en="There is too little history to backtest the intervals; they are Student's.",
            )
        )
    return warnings


def name_season(series: Series) -> Text:
    """Name what the baseline repeats."""
    if series.cycle == 1:
        return Text("月的值" if series.interval == "month" else "周的值", "value")
    return {
        7: Text("周", "week"),
        24: Text("天", "day"),
        168: Text("周", "week"),
    }[series.cycle]


def forecast_card(told: "Told", tested: Backtest) -> list[DefinitionItem]:
    """Describe a forecast, one line per parameter that shapes it."""
    series, horizon = told.series, len(told.forecast.middle)
    unit = INTERVAL_TEXT[series.interval]
    used = Period(series.days[0], series.last_day(series.known - 1))
    origins = len(set(tested.origins.tolist()))
    months = Text(
        zh=f"月，由按天的预测汇总（{told.kind.zh}）；区间按各天误差的联合模拟，不是各天界限相加",
        en=f"month, gathered from days ({told.kind.en}); the interval is of the days' errors together, not their bounds "
        "added up",
    )
    return [
        item("时间粒度", "interval", months if told.by_month else INTERVAL_NAMES[series.interval]),
        item("学习数据", "learnt from", used.text()),
        item("预测步数", "steps ahead", Text(zh=f"{horizon} {unit.zh}", en=f"{horizon} {unit.en}s")),
        item(
            "模型",
            "model",
            Text(
                zh="水平（局部水平模型）+ 趋势（阻尼中位斜率）+ 季节 + 日历效应；预测值为中位数",
                en="level (local level model) + drift (damped median slope) + season + calendar; forecasts are medians",
            ),
        ),
        item(
            "区间",
            "interval of the forecast",
            Text(
                zh="95%，宽度由回测误差校准（共形分位数）",
                en="95%, its width made by the backtest's errors (conformal quantile)",
            ),
        ),
        item(
            "回测",
            "backtest",
            Text(
                zh=f"从过去 {origins} 个起点各向前预测，只用起点之前的数据；不含无先例的节假日",
                en=f"forecasts from {origins} past origins, each from the data before it; occasions without precedent left out",
            ),
        ),
        item(
            "基线",
            "baseline",
            Text(zh=f"重复上一{name_season(series).zh}", en=f"the last {name_season(series).en} repeated"),
        ),
        limits(
            "预测假定过去的规律延续，不包含未声明的活动、改版或外部冲击，也不说明怎样做才能达到。",
            "A forecast takes the past to go on: it knows of no campaign, release or shock that was not declared, and does "
            "not say what would bring the figure about.",
        ),
    ]


def forecast_chart(
    scope: Scope, told: "Told", table: "pd.DataFrame", title: Text, name: Text
) -> dict[str, Any]:
    """Draw the known course and the forecast with its band."""
    return draw_band(
        table,
        "period",
        "value",
        middle="forecast",
        band=("low", "high"),
        title=title,
        axes=(INTERVAL_NAMES["month" if told.by_month else told.series.interval], name),
        unit=told.series.unit,
        language=scope.language,
        note=Text("虚线为预测，阴影为 95% 区间", "broken line: forecast; band: 95% interval"),
    )
