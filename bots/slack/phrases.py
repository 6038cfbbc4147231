"""What the Slack door says itself, in both languages."""

from tools.results import Text

WORKING = Text(zh="正在查…", en="Working on it…")
HELP = Text(
    zh="请在提及我之后写上问题，例如：\n• 上周次日留存为什么掉了？\n• 什么是 KOC？\n• 有哪些办法召回沉睡用户？\n"
    "我会在消息串里回答，并附上出处、数字与口径。",
    en="Mention me together with a question, for example:\n• Why did day-1 retention fall last week?\n"
    "• What is a KOC?\n• How do we win back dormant users?\n"
    "I answer in the thread, with sources, figures and their definitions.",
)
UNEXPECTED = Text(
    zh="抱歉，出了意外，没能回答。请稍后再试；报告问题时请附上编号 {id}。",
    en="Sorry, something went wrong and there is no answer. Please try again later; "
    "if you report it, quote the number {id}.",
)
INTERRUPTED = Text(
    zh="服务正在重启，这次没能答完。请再问一次。",
    en="The service is restarting and could not finish this answer. Please ask again.",
)
CHART_FAILED = Text(
    zh="图表未能上传，回答不受影响。", en="The chart could not be uploaded; the answer stands as it is."
)
NO_CHINESE_FONT = Text(
    zh="运行服务的机器没有中文字体，图中的汉字会显示为方框；请安装 fonts-noto-cjk。",
    en="The machine that serves Yunce has no Chinese font, so Chinese words in the chart show as boxes; "
    "install fonts-noto-cjk.",
)
NOTED = Text(
    zh="已记下这个问题；有文档能回答时，我会在这个消息串里告诉你。",
    en="The question is noted; when a document answers it, I will tell you in this thread.",
)
NOW_ANSWERED = Text(
    zh="你之前问过：{question}\n现在《{title}》（{day}）可以回答了：\n> {quote}",
    en="You asked: {question}\nNow “{title}” ({day}) answers it:\n> {quote}",
)
DEFINITION = Text(zh="口径", en="Definition")
SOURCE = Text(zh="数据源", en="source")
AS_OF = Text(zh="数据截至", en="data as of")
PAGE = Text(zh="第 {page} 页", en="p. {page}")
EDITED = Text(zh="{name}于 {day} 编辑过", en="edited by {name}, {day}")
MORE_FIGURES = Text(zh="另有 {count} 个数字未列出", en="{count} more figures are not listed")
ANSWER_ID = Text(zh="回答编号 `{id}`", en="Answer `{id}`")
FOLLOW_UPS = Text(zh="可以接着问", en="You could ask next")


def help_text(language: str | None) -> str:
    """Return the help in a language, or in both where it is not known."""
    return HELP.in_language(language) if language else f"{HELP.zh}\n\n{HELP.en}"
