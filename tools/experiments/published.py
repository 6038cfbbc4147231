"""The published tools of this room."""

from tools.experiments.arguments import ExperimentArguments
from tools.experiments.design import design_experiment
from tools.experiments.design_arguments import DesignArguments
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
    MetricTool(
        "design_experiment",
        Text("实验设计", "Design an experiment"),
        Text(
            zh="实验要多少用户、跑多少天：按过去一段时间的实际流量、均值和波动推算样本量、时长，以及各时长下可检出的最小变化。",
            en="How many users and days an experiment needs: sample size, duration and the smallest change that can be "
            "found, from the actual traffic, level and noise of a past period.",
        ),
        ("实验设计", "样本量", "最小可检测", "可检出", "功效", "实验要跑多久", "多少样本", "才能检出", "每组多少", "每组要多少", "users per arm", "how long must the experiment run", "how long should the test run", "how long should the experiment run", "sample size", "power", "minimum detectable", "detectable effect", "how long must the test run", "MDE"),
        (
            Text("想把次日留存提高 5%，实验每组要多少用户、跑几天？", "How many users per arm to find a 5 % lift in day-1 retention, and how many days?"),
            Text("检出付费转化率变化需要多大样本量？", "What sample size does a change in purchase conversion need?"),
        ),
        DesignArguments,
        design_experiment,
        looks_back=True,
    ),
)  # fmt: skip
