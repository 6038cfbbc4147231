"""The published tools of this room."""

from tools.churn.arguments import ChurnArguments
from tools.churn.prediction import predict_churn
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
        ("流失预警", "流失预测", "预测流失", "会流失", "将要流失", "流失概率", "流失风险评分", "流失模型", "churn early warning", "churn prediction", "predict churn", "churn risk score", "churn probability", "churn model", "likely to churn", "about to churn", "will churn"),
        (
            Text("未来几周哪些用户会流失，原因是什么？", "Which users are likely to churn, and why?"),
            Text("流失预测模型准吗？", "How good is the churn prediction model?"),
        ),
        ChurnArguments,
        predict_churn,
        totals=("*",),
        looks_back=True,
    ),
)  # fmt: skip
