"""The published tools of this room."""

from tools.feedback.mood import SentimentArguments, measure_sentiment
from tools.feedback.voice import VoiceArguments, analyze_feedback
from tools.feedback.watch import WatchArguments, watch_opinion
from tools.publication import MetricTool
from tools.results import Text

FEEDBACK_TOOLS: tuple[MetricTool, ...] = (
    MetricTool(
        "analyze_feedback",
        Text("用户反馈主题", "Themes of feedback"),
        Text(
            zh="把评论、工单、问卷与社区里的中英文反馈归为主题：条数、情感、评分、示例、新出现与上升的主题，以及来自哪些人群。",
            en="Group feedback of reviews, tickets, surveys and community, in Chinese and English, into themes: volume, "
            "sentiment, rating, examples, new and rising ones, and which segments they come from.",
        ),
        ("用户之声", "用户反馈", "反馈主题", "吐槽", "抱怨", "新主题", "新的主题", "新出现的主题", "差评", "VOC", "voice of the customer", "user feedback", "complaints", "themes of feedback", "complaining", "complain about", "unhappy", "new themes", "好评主题", "夸我们", "喜欢我们", "like about us"),
        (
            Text("上个月用户主要在抱怨什么？", "What did users complain about last month?"),
            Text("最近的用户反馈有哪些新主题？", "Which new themes are there in recent user feedback?"),
        ),
        VoiceArguments,
        analyze_feedback,
        totals=("texts", "*_share", "mean_rating", "contradictions", "themes", "*_themes"),
    ),
    MetricTool(
        "measure_sentiment",
        Text("用户情感", "Sentiment of feedback"),
        Text(
            zh="反馈文字的正面、中性、负面与褒贬兼有占比，按时间与人群，并与评分对照。",
            en="Shares of positive, neutral, negative and mixed feedback over time and by segment, beside the ratings.",
        ),
        ("情感分析", "用户情感", "负面占比", "好评率", "口碑", "评价情感", "用户评价", "对我们的评价", "feel about us", "think of us", "sentiment", "negative feedback share", "how users feel"),
        (
            Text("近三个月评价的情感趋势", "The trend of review sentiment over the last three months"),
            Text("反馈的负面占比是多少？", "What share of feedback is negative?"),
        ),
        SentimentArguments,
        measure_sentiment,
        totals=("texts", "*_share", "mean_rating", "contradictions"),
    ),
    MetricTool(
        "watch_opinion",
        Text("舆情监测", "Public opinion watch"),
        Text(
            zh="负面反馈异常增多的日子：与之前的日子相比有多不寻常、主要关于什么，并给出预警级别。",
            en="Days with more negative feedback than usual: how unusual against the days before, what it is about, and the "
            "level of alert.",
        ),
        ("舆情", "舆情监测", "舆情预警", "负面激增", "投诉激增", "public opinion", "opinion watch", "complaint surge", "spike in negative feedback"),
        (
            Text("8 月有没有舆情预警？", "Was there a public opinion alert in August?"),
            Text("负面反馈哪天激增？", "On which day was there a surge of negative feedback?"),
        ),
        WatchArguments,
        watch_opinion,
        totals=("alert_days", "severe_days"),
    ),
)  # fmt: skip
