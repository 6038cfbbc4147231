"""Patterns over a question in Simplified Chinese or English: what is asked, how it is split, what it leans on."""

import re


def _rule(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


GREETING = _rule(
    r"^\s*(?:你好|您好|嗨|哈喽|早上好|下午好|晚上好|hi|hello|hey|good (?:morning|afternoon))[\s!！。.,，~～]*(?:运策|yunce)?[\s!！。.~～]*$"
)
THANKS = _rule(
    r"^\s*(?:谢谢|多谢|感谢|辛苦了?|再见|拜拜|thanks?(?: you)?|thx|bye|goodbye|cheers)(?:你|啦|了|a lot)?[\s!！。.~～]*$"
)
FORECAST = _rule(
    r"明年|后年|下个?(?:月|周|季度|星期)|明天|后天|将来|未来|预测|预计|会是多少|会达到|\bnext (?:week|month|quarter|year)\b|\btomorrow\b|\bforecast\b|\bpredict|\bwill\b.{0,40}\b(?:be|reach|grow)\b"
)
OURS = _rule(r"\b(?:our|my|current)\b|我们|咱们|当前|目前|现在|今")
#: How it is done or said in the company.
BY_US = _rule(r"\b(?:do|should) we\b|\bwe (?:say|call|define|count|use)\b|我们(?:说|叫|这|怎么|如何)")
#: What something means, rather than how much it is.
MEANING = _rule(r"定义|口径|什么意思|含义|怎么算|\bdefin(?:e|ed|ition)\b|\bmeans?\b|\bmeaning\b")
EXCEPT = _rule(
    r"(?:除了?|不含|不包括|排除|剔除|非|\bexcept(?:ing)?(?: for)?|\bexcluding|\bwithout|\bother than|\bnot)\s*$"
)
HELP = _rule(
    r"^\s*(?:帮助|help)\W*$|你(?:能|会|可以)(?:做|干)(?:些)?什么|怎么用(?:你|运策)|what can you do|how do i use (?:you|yunce)"
)
PLAN = _rule(
    r"(?:制定|草拟|起草|拟|写|做|出|给我|生成).{0,12}(?:方案|计划)|(?:draft|write|make|create|prepare)\b.{0,40}\bplan\b"
)
TACTICS = _rule(
    r"(?:推荐|建议).{0,8}(?:打法|策略|手段|动作|措施|方法)|有(?:什么|哪些)(?:打法|策略|手段|建议)|(?:打法|策略)(?:建议|推荐)|\b(?:suggest|recommend|which)\b.{0,30}\b(?:tactics?|actions?|ideas?|measures?)\b|\btactics? (?:for|to)\b"
)
WHY = _rule(
    r"为什么|为何|为啥|原因|怎么(?:会|就|突然)?(?:掉|跌|降|下降|下滑|变差|涨|升|上涨|上升)|怎么回事|(?:掉|跌|降|下降|下滑|变差|变低)了?(?:怎么办|该怎么办|怎么处理)|归因|什么导致|拖累|拉低了?|\bwhy\b|\bdragg?(?:s|ing|ed)? (?:it )?down\b|what (?:caused|drove|happened|explains?|is behind)|reasons? (?:for|behind)|\bbecause of what\b"
)
DEFINE = _rule(
    r"^(?!.*最)\s*(?:请问|请解释一下?|解释一下|什么叫做?|什么是|何谓|啥是|所谓)\s*[“\"「]?(?P<a>[^?？。!！,，”\"」]{1,40}?)[”\"」]?\s*(?:是什么(?:意思)?|的(?:意思|定义|含义))?\s*[?？。!！]*$"
    r"|^(?!.*最)\s*(?:请问)?[“\"「]?(?P<b>[^?？。!！,，”\"」]{1,40}?)[”\"」]?\s*(?:是什么(?:意思|东西)?|是?啥(?:意思|东西)?|什么意思|指的?是什么|怎么定义|的定义(?:是什么)?|的口径(?:是什么)?)\s*[?？。!！]*$"
    r"|^\s*(?:请问)?(?P<d>[^?？。!！,，]{2,40}?)(?:是)?(?:怎么|怎样|如何)(?:计算|算|定义|统计|衡量)(?:出来)?的?\s*[?？。!！]*$"
    r"|^\s*how (?:do|should) (?:we|you|i) (?:define|calculate|compute|measure|count) (?:an?\s+|the\s+)?(?P<e>[^?.!,]{2,50}?)\s*[?.!]*$"
    r"|^\s*how (?:is|are) (?:an?\s+|the\s+)?(?P<f>[^?.!,]{2,50}?) (?:defined|calculated|computed|measured|counted)\s*[?.!]*$"
    r"|^\s*(?:what(?:'s| is| are| does)(?!.*(?:\blike\W*$|\bmost\b|\busual\b))|define|explain|the meaning of)\s+(?:an?\s+|the\s+(?:term\s+|definition of\s+)?)?[“\"]?(?P<c>[^?.!,”\"]{1,50}?)[”\"]?(?:\s+(?:mean|stand for))?\s*[?.!]*$"
)
HOW = _rule(
    r"(?<!会)(?:怎么|怎样|如何)|咋|(?<!哪个)(?<!哪些)步骤|流程|\bhow (?:do|should|can|to|would|did)\b|(?<!which )(?<!what )\bsteps?\b|what should (?:we|i) do|该做什么|应该做什么"
)
IMPROVE = _rule(
    r"(?:怎么|怎样|如何|咋)(?:才能|来|去|能)?(?:有效|快速)?(?:提升|提高|改善|增加|拉高|拉升|促进)"
    r"|\bhow (?:do|can|should|to|could)\b.{0,12}\b(?:improve|increase|raise|lift|boost|grow)\b"
)
#: Whose a document is; who did what stands in the document itself.
OWNER = _rule(
    r"谁(?:来|在)?(?:写|负责|维护|撰写|起草|管)|负责人|作者|谁的(?:文档|文件)|找谁|问谁"
    r"|\bwho (?:wrote|owns|maintains|authored|is (?:the (?:owner|author)|responsible|in charge))\b|\b(?:owner|author) of\b|\bwhose\b"
)
#: The data, beside what was written: 数据和复盘怎么说.
BOTH = _rule(
    r"数据(?=和|与|跟|、)|(?:和|与|跟|、)数据|\bdata and\b|\band (?:the |our )?data\b|\bas well as the (?:data|figures)\b"
)
#: One document in short.
SUMMARY = _rule(
    r"总结|概括|概述|归纳|摘要|要点|(?:讲|说|写|定)了(?:些)?(?:什么|啥)|主要(?:内容|讲|说)|\bsum(?:mar[iy][sz]?e?s?)?(?:\s+up)?\b(?! of)"
    r"|\bsummar(?:y|ise|ize|ies)\b|\b(?:key|main) (?:points?|takeaways?|findings?|decisions?)\b|\btl;?dr\b|\brecap\b|\bin short\b"
    r"|\bwhat (?:does|did|do) .{0,60}\b(?:say|cover|decide)\W*$|\bwhat was decided\b"
)
HOW_LONG = _rule(r"多久|多长时间|几天[内能]?|\bhow (?:long|soon|quickly)\b")
WHAT_IF = _rule(r"如果|假如|要是|倘若|\bwhat if\b|\bwhat (?:happens|would happen)\b.*\bif\b|\bsuppose\b")
HOW_MUCH = _rule(
    r"多少|几个|几人|有多|最[多少高低大小]|怎么样|如何[?？]?$|how (?:many|much|often|is|are|was|were|did)|what (?:share|percent(?:age)?|proportion|fraction|part)\b|what (?:is|was|were|are)\b|\bshow\b|\bcompare\b|趋势|走势|变化|\btrend\b|数据|情况"
)
GROWTH = _rule(
    r"增长(?:核算|结构|拆解)|新增.{0,2}(?:回流|流失)|回流|growth accounting|\blifecycle\b|quick ratio|resurrected|生命周期(?:状态)?"
)
RETENTION = _rule(r"留存|\bretention\b|\bcohorts?\b|同期群")
FUNNEL = _rule(
    r"漏斗|转化路径|\bfunnel\b|首购.{0,4}复购|第一次.{0,6}第二次|first[\s-]to[\s-]second|second purchase"
)
#: Where in a funnel people leave.
STEP = _rule(
    r"哪一?[步页]|哪个(?:步骤|环节|页面|步)|卡在|\bwhich\s+(?:\w+\s+){0,3}(?:step|page|screen|stage)s?\b"
    r"|\bwhere (?:do|does|did|are|is)\b(?=.{0,40}\b(?:drop|los(?:e|ing|t)|leav\w+|stuck|quit|abandon|give up))"
)
REPEAT = _rule(
    r"首购.{0,4}(?:复购|二购)|第一次.{0,8}第二次|first[\s-]to[\s-]second|second (?:purchase|order)|repeat (?:purchase|order)"
)
ACTIVE = _rule(
    r"日活|周活|月活|活跃(?:用户|客户|人数|买家)?|\b[DWM]AU\b|\bactive (?:users?|customers?|buyers?|members?)\b|stickiness|黏性|粘性"
)
INTERVALS = (
    ("day", _rule(r"每天|每日|按天|按日|逐日|日活|\bDAU\b|\bdaily\b|(?:by|per|each|every) day\b")),
    ("week", _rule(r"每周|按周|逐周|周活|\bWAU\b|\bweekly\b|(?:by|per|a|each|every) week\b")),
    ("month", _rule(r"每月|按月|逐月|月活|月度|\bMAU\b|\bmonthly\b|(?:by|per|a|each|every) month\b")),
)  # fmt: skip
EACH = _rule(r"[每按逐][天日周月]|\b(?:by|per|each|every) (?:day|week|month)\b")
SPLIT = _rule(
    r"(?:按|分|各|每个|不同|哪个|哪些|\bby\b|\bper\b|\bacross\b|\bwhich\b|\beach\b|split by|broken down by)\s*(?:the\s+)?$"
)
SPLIT_WORD = _rule(
    r"按|分别|各个?|每个|不同|哪个|哪些|哪天|看看?|\bby\b|\bper\b|\bacross\b|\bwhich\b|\beach\b|split|broken down"
)
#: Words that look like what people do in the product and are not: a share of something, in order to.
IDIOM = _rule(
    r"\b(?:what|which) shares?\b|\bshares? of\b|\bin (?:\w+ )?order\b|\border by\b|\bpost-(?=\w)|\bin view of\b"
)
WHO_BEFORE = _rule(r"\b(?:who|that|which)(?:\s+(?:have|had|has|ever|first))*\s+$")
WHO_AFTER = _rule(r"过?的?(?:用户|客户|人(?!均|数)|买家)|\s+(?:users|customers|people)\b")
EXCEPT_WORD = _rule(r"除了?|不含|不包括|排除|剔除|以外|之外|except(?:ing)?|excluding|without|other than")
TREND = _rule(r"趋势|走势|曲线|变化情况|哪天|\btrends?\b|over time|which day")
YEAR_BEFORE = _rule(
    r"同比|去年同期|\byoy\b|\byear[\s-](?:on|over)[\s-]year\b|\bsame (?:period|time|week|month|quarter) (?:of )?last year\b"
)
WHAT_TO_DO = _rule(r"怎么办|该做什么|what (?:should|can|do) we do")
COMPARE = _rule(r"比较|对比|相比|比起|\bcompar\w*|\bvs\b|\bversus\b|\bagainst\b")
DIFFERENCE = _rule(r"差[异别距]|相差|不同|\bdifferen(?:ce|t)s?\b|\bdiffer(?:s|ed)?\b")
#: A part of a whole: 占几成, what share of.
SHARE = _rule(
    r"占比|占.{0,14}?(?:几成|多少|百分之几|比例|比重|份额)|几成|百分之(?:几|多少)|的(?:比例|比重|份额)"
    r"|\b(?:what|which) (?:share|percent(?:age)?|proportion|fraction|part)\b|\bas a (?:share|percentage|proportion) of\b"
    r"|\b(?:share|percentage|proportion) of\b"
)
#: Counting by people or by events, where only the event is named: 分享了多少次, how many people bought.
PEOPLE = _rule(
    r"(?:多少|几)个?(?:人|用户|客户|买家)|\bhow many (?:\w+ )?(?:people|users|customers|buyers|persons)\b|\bwho\b"
)
#: What was taken in, where no metric is named: 卖了多少钱, how much did we sell.
TAKINGS = _rule(
    r"卖(?:了|出了?)?(?:多少|几)|卖得最|赚了?多少|收了?多少钱|\bhow much (?:money )?(?:did|have|do) (?:we|they|users|people) (?:sell|sold|make|made|earn(?:ed)?|take|spend|spent)\b"
    r"|\bspen[dt]s? (?:the )?(?:most|least)\b|\bsold (?:the )?(?:most|least)\b"
)
TIMES = _rule(r"(?:多少|几)(?:次|回|单|笔|条)|\bhow (?:many times|often)\b|\bnumber of\b")
SET_BESIDE = _rule(r"(?:和|跟|同|与).{1,8}(?:比|相比)|compared? (?:to|with)|\bvs\b|versus")
DOWN = _rule(
    r"(?<![停关删去扔换])掉|跌|降|下滑|变差|变低|减少|少了|\bfall\w*|\bfell\b|\bdrop\w*|\bdeclin\w*|\bdecreas\w*|\bdown\b|\bworse\w*|\blower\w*|\blose\b|\blosing\b|\blost\b|\bdipp?\w*"
)
UP = _rule(
    r"涨|升|增长|增加|变高|变好|这么高|那么高|\bris(?:e|ing)|\brose|\bincreas\w*|\bgrew\b|\bgrow\w*|\bup\b|\bhigher\b|\bjump\w*|\bspik\w*"
)
WHO = _rule(r"谁|哪些?(?:个|位)?(?:用户|客户|买家|人)|\bwho\b|\bwhich (?:users|customers|buyers|people)\b")
#: What people are saying just now, which no document defines.
PEOPLE_SAY = _rule(
    r"(?:用户|客户|大家).{0,4}(?:抱怨|吐槽|投诉)|\b(?:users|customers|people)\s+(?:complain|say|unhappy)"
)
#: Who it is, what came of it or what will: asked of the data, beside the words of a tool.
OUTCOME = _rule(
    r"谁|哪些?(?:个|位)?(?:用户|客户|买家|人)|名单|有没有?(?:效果?|用)|有(?:效果?|用)(?=吗|没|不|[?？]|$)|有效|管用|起作用|赢了?|胜出|结果"
    r"|\bwho(?:m)?\b|\bwhich (?:users|customers|buyers|people)\b|\bdid\b.*\b(?:works?|win|help|pay off)\b|\bresults?\b|\bpredict\b"
)
#: Who is asked about, and whether it is what they did rather than how they stand.
RIVALS = _rule(r"竞品|竞争对手|竞对|友商|\bcompetitors?\b|\brivals?\b|\bthe competition\b")
MOVED = _rule(
    r"改了|变了|变化|变动|动作|动静|动态|做了|新增了?|上线|下线|推出|取消了?|降价|涨价|调价|降了|涨了|更新|新功能"
    r"|\bchang(?:e|ed|es|ing)\b|\blaunch(?:ed|es|ing)?\b|\badd(?:ed|ing|s)?\b|\b(?:remov|releas|introduc|rais|lower|drop|rais)(?:e|ed|es|ing|ped)?\b"
    r"|\bcuts?\b|\bup to\b|\bdoing\b|\bdid\b.*\bdo\b|\bmoves?\b|\bnews?\b"
)
PRICED = _rule(r"定价|价格|价位|收费|卖多少|\bpric(?:e|es|ed|ing)\b|\bcharg(?:e|es|ing)\b|\bcosts?\b")
ADVISED = _rule(r"我们|咱|我方|应对|应该|跟价|\bwe\b|\bus\b|\bshould\b|\brespond|\breact")
FOLLOW_UP = _rule(
    r"^\s*(?:那么?|然后|还有|换成|改成|再看看?|(?:和|跟|同).{1,8}比|怎么办|and\b|only\b|just\b|compared?\b|what about\b|how about\b|now\b|same for\b)|呢\s*[?？]?\s*$"
)
#: Words for what was spoken of before.
POINTING = _rule(
    r"[它他她]们?|自己|这个|那个|这次|那次|这件|那件|其中|上面|刚才|\b(?:it|its|they|them|their|this|that|those|these|he|she|his|her|there|again)\b"
)
