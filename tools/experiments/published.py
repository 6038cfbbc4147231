"""The published tools of this room."""

from tools.experiments.arguments import ExperimentArguments
from tools.experiments.readout import analyze_experiment
from tools.publication import MetricTool
from tools.results import Text

EXPERIMENT_TOOLS: tuple[MetricTool, ...] = (
    MetricTool(
        "analyze_experiment",
        Text("实验分析", "Analyze an experiment"),
        Text(
            zh="读出 A/B 实验：先检验分组人数是否符合设计（不符则拒绝给出效果），再给出各组相对对照组的差异、区间、校正后的 p 值、护栏与分人群差异。",
            en="Read an A/B test: first whether users fell into the arms as designed (else no effect is shown), then each "
            "arm's difference from the control with interval and corrected p-value, guardrails, and effects by segment.",
        ),
        ("实验", "A/B 测试", "AB 测试", "AB实验", "对照组", "实验组", "显著", "样本比例", "experiment", "A/B test", "AB test", "treatment", "control group", "significant", "sample ratio"),
        (
            Text("短引导实验的结果显著吗？", "Is the result of the short onboarding experiment significant?"),
            Text("实验组和对照组差多少？", "How much do treatment and control differ?"),
        ),
        ExperimentArguments,
        analyze_experiment,
        looks_back=True,
    ),
)  # fmt: skip
