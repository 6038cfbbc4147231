"""The published tools of this room."""

from tools.monitoring.anomalies import AnomalyArguments, detect_anomalies
from tools.monitoring.forecast import ForecastArguments, forecast_metric
from tools.publication import MetricTool
from tools.results import Text

MONITORING_TOOLS: tuple[MetricTool, ...] = (
    MetricTool(
        "detect_anomalies",
        Text("异常检测", "Anomaly detection"),
        Text(
            zh="按天、周或小时检查一个指标：哪些点偏离预期（考虑星期、趋势、节假日与大促）、多严重、可能来自哪个细分。",
            en="Watch a metric by day, week or hour: which points are off what weekday, trend and holidays let expect, "
            "how severe they are, and which segment likely drove them.",
        ),
        (
            "异常",
            "异常检测",
            "异动",
            "监控",
            "预警",
            "不正常",
            "anomaly",
            "anomalies",
            "outlier",
            "unusual",
            "abnormal",
            "odd",
            "strange",
            "不对劲",
            "monitor",
            "alert",
        ),
        (
            Text("最近一个月 GMV 有没有异常？", "Were there anomalies in GMV last month?"),
            Text(
                "支付成功率 8 月有异常波动吗？", "Was anything unusual in the payment success rate in August?"
            ),
        ),
        AnomalyArguments,
        detect_anomalies,
        looks_back=True,
    ),
    MetricTool(
        "forecast_metric",
        Text("指标预测", "Metric forecast"),
        Text(
            zh="预测一个指标未来的小时、日、周或月值，带 95% 区间；旁边给出季节性重复的基线、回测误差与区间覆盖率。",
            en="Forecast a metric by hour, day, week or month with 95 % intervals; beside it the seasonal naive baseline, the "
            "backtested error and the coverage of the intervals.",
        ),
        (
            "预测",
            "预估",
            "预计",
            "外推",
            "未来",
            "forecast",
            "predict",
            "prediction",
            "projection",
            "outlook",
        ),
        (
            Text("预测未来四周的 GMV", "Forecast GMV for the next four weeks"),
            Text("下个月日活预计是多少？", "What will daily active users be next month?"),
        ),
        ForecastArguments,
        forecast_metric,
        looks_back=True,
    ),
)
