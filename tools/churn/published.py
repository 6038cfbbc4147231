"""The published tools of this room."""

from tools.churn.arguments import ChurnArguments, LifespanArguments, WinBackArguments
from tools.churn.lifespan import measure_time_to_churn
from tools.churn.prediction import predict_churn
from tools.churn.win_back import list_win_back
from tools.publication import MetricTool
from tools.results import Text

CHURN_TOOLS: tuple[MetricTool, ...] = (
    MetricTool(
        "predict_churn",
        Text("流失预警", "Churn early warning"),
        Text(
            zh="预测近期活跃用户中谁会流失：校准后的概率与原因，按时间切分检验，并与“最近活跃天数”基线比较；无权查看单个用户者只见人数。",
            en="Predict who of the users active lately will churn: calibrated probabilities with reasons, judged on later days "
            "beside a recency baseline; readers who may not see single users get counts.",
        ),
        ("流失预警", "流失预测", "预测流失", "会流失", "有流失风险", "可能流失", "要流失", "快流失", "将要流失", "流失概率", "影响流失", "流失的因素", "流失风险评分", "流失模型", "churn early warning", "churn prediction", "predict churn", "churn risk score", "churn probability", "factors of churn", "factors behind churn", "churn model", "likely to churn", "about to churn", "will churn", "going to churn", "might churn", "may churn", "at risk of churn", "at risk of churning", "at risk of leaving", "likely to leave", "about to leave"),
        (
            Text("未来几周哪些用户会流失，原因是什么？", "Which users are likely to churn, and why?"),
            Text("流失预测模型准吗？", "How good is the churn prediction model?"),
        ),
        ChurnArguments,
        predict_churn,
        totals=("*",),
        looks_back=True,
    ),
    MetricTool(
        "measure_time_to_churn",
        Text("流失时间", "Time to churn"),
        Text(
            zh="新用户留多久才流失：Kaplan–Meier 曲线、中位数、第 n 天未流失比例与区间，可按维度比较（对数秩检验）。",
            en="How long new users stay before they churn: Kaplan-Meier curve, median, share not churned after n days with "
            "intervals; by group, with the log-rank test.",
        ),
        ("流失时间", "多久流失", "多久会流失", "生存曲线", "生存分析", "留多久", "time to churn", "survival curve", "survival analysis", "how long…stay", "how long before…churn", "how long until…churn"),
        (
            Text("各渠道的新用户多久会流失？", "How long until new users churn, by channel?"),
            Text("新用户的生存曲线", "Survival curve of new users"),
        ),
        LifespanArguments,
        measure_time_to_churn,
        totals=("*",),
        looks_back=True,
    ),
    MetricTool(
        "list_win_back",
        Text("召回名单", "Win-back list"),
        Text(
            zh="已沉默、值得召回的用户，按以往价值排序；仅有权查看单个用户者可见名单，其他人只见按沉默时长的人数。",
            en="Users who fell silent and are worth winning back, by what they were worth; only readers who may see single "
            "users get the list, others counts by days silent.",
        ),
        ("召回名单", "召回哪些用户", "该召回谁", "挽回名单", "召回用户", "win-back list", "win back list", "winback list", "whom to win back", "who to win back", "users to win back"),
        (
            Text("该召回哪些沉默用户？给我召回名单", "Give me the win-back list"),
            Text("召回名单有多少人？", "Whom to win back, by past spend?"),
        ),
        WinBackArguments,
        list_win_back,
        totals=("*",),
        looks_back=True,
    ),
)  # fmt: skip
