"""The steps of cleaning, each on what it is for and on what it must leave alone."""

import pytest

from knowledge.cleaning import clean_document

_HANT = "我們的門店會員運營團隊將會長期觀察顧客與優惠的關係，並記錄數據。"
_HANS = "我们的门店会员运营团队将会长期观察顾客与优惠的关系，并记录数据。"


def _clean(text: str, markup: str = "plain") -> str:
    return clean_document(text, markup=markup).text


@pytest.mark.parametrize(
    ("dirty", "cleaned"),
    [
        ("Ｄ１留存４５．５％，共１，０００人。", "D1留存45.5%，共1,000人。"),
        ("　　段落开头", "段落开头"),
        ("Ａ／Ｂ测试 ｅ－ｍａｉｌ ａ＠ｂ．ｃｏｍ 男／女", "A/B测试 e-mail a@b.com 男／女"),
        ("产 品 经 理 的 职 责 ， 长 期 观 察 。", "产品经理的职责，长期观察。"),
        (
            "一 二 三 四 五 六 日\n赞 踩 转 评\n苹果 香蕉 橙子 西瓜 葡萄 荔枝",
            "一 二 三 四 五 六 日\n赞 踩 转 评\n苹果 香蕉 橙子 西瓜 葡萄 荔枝",
        ),
        ("价格&nbsp;&lt;100&amp;nbsp;元 R&amp;D", "价格 <100 元 R&D"),
        ("æ¬¡æ—¥ç•™å­˜çŽ‡ä¸ºä»€ä¹ˆæŽ‰äº†", "次日留存率为什么掉了"),
        ("é—¨åº—ä¼šå‘˜ â€“ cafÃ©", "门店会员 – café"),
        ("次日留存率，会员日期".encode().decode("gb18030"), "次日留存率，会员日期"),
        ("门店会员活动".encode("gb18030").decode("latin-1"), "门店会员活动"),
        ("Où êtes-vous ? “Déjà vu” – naïve façade", "Où êtes-vous ? “Déjà vu” – naïve façade"),
        ("會員活動目標在於回訪。".encode("big5").decode("latin-1"), "會員活動目標在於回訪。"),
        (
            "正常一行。\n" + "门店会员活动".encode("gbk").decode("latin-1") + "\ncafÃ©",
            "正常一行。\n门店会员活动\ncafé",
        ),
        ("It’s a “cafÃ©” and we donâ€™t", "It’s a “café” and we don’t"),
        ("价格 Â£5\nä½ å¥½ï¼Œä¸–ç•Œ", "价格 £5\n你好，世界"),
        ("CAFÉ™ À l’ÉTÉ, ÆØÅ äöü, Üßªąñ", "CAFÉ™ À l’ÉTÉ, ÆØÅ äöü, Üßªąñ"),
        ("他说:好,走吧!真的?", "他说：好，走吧！真的？"),
        (
            "比例为3:1,共1,000人,见https://example.com/a?b=好,的",
            "比例为3:1，共1,000人，见https://example.com/a?b=好,的",
        ),
        ("Yahoo!奇摩与 KOC, KOL, UGC", "Yahoo!奇摩与 KOC, KOL, UGC"),
        ("Ask the team: 谁, 什么 and why?", "Ask the team: 谁, 什么 and why?"),
    ],
)
def test_characters_and_punctuation(dirty: str, cleaned: str) -> None:
    assert _clean(dirty) == cleaned


@pytest.mark.parametrize(
    ("dirty", "cleaned"),
    [
        ("產(chǎn)品經(jīng)理的(de)崗(gǎng)位", "產品經理的崗位"),
        ("產（chǎn）品經 (jīng)理行(háng)(xíng)業(yè)", "產品經理行業"),
        ("产[chǎn]品经[jīng]理[lǐ]见[1]和[手册](a.md)", "产品经理见[1]和[手册](a.md)"),
        (
            "产(chan3)品经(jing1)理的职(zhi2)责，页面(h5)、第二版(v2)、一季度(q1)",
            "产品经理的职责，页面(h5)、第二版(v2)、一季度(q1)",
        ),
        ("產(ㄔㄢˇ)品經(ㄐㄧㄥ)理運(ㄩㄣˋ)營", "產品經理運營"),
        (
            "產(chǎn)品經(jīng)理運(yùn)營系统(CRM)用户(users)他(he)期(日/周)阿(a)",
            "產品經理運營系统(CRM)用户(users)他(he)期(日/周)阿(a)",
        ),
        ("用户(users)、他(he)、阿(a)、一(yi)", "用户(users)、他(he)、阿(a)、一(yi)"),
        ("運(yun)營(ying)方(fang)案(an)的(de)目(mu)標(biao)設(she)定(ding)", "運營方案的目標設定"),
        ("長(zhǎng)期增長(zhǎng)?；顒?dòng)運(yùn)營(yíng)", "長期增長。活動運營"),  # torn characters
        ("長(zhǎng)期增長(zhǎng)?;顒?dòng)運(yùn)營(yíng)", "長期增長。活動運營"),
        ("團(tuán)隊(duì)?wèi)?yīng)對(duì)", "團隊應對"),
        (
            f"荨(qián)麻是一种植物。{_HANS * 6}",
            f"荨(qián)麻是一种植物。{_HANS * 6}".replace(_HANS * 6, _HANS),
        ),
    ],
)
def test_pronunciations(dirty: str, cleaned: str) -> None:
    assert _clean(dirty) == cleaned


@pytest.mark.parametrize(
    ("dirty", "cleaned"),
    [
        (f"{_HANT}运营的经验。", f"{_HANT}运营的经验。"),  # a clause that is all in the other script
        (f"{_HANT}這個門店的运營經驗。", f"{_HANT}這個門店的運營經驗。"),
        (f"{_HANT}皇后在台上，這里干杯。", f"{_HANT}皇后在台上，這里干杯。"),  # valid in both
        (f"{_HANS}这个门店的運营经验，理髮店。", f"{_HANS}这个门店的运营经验，理发店。"),
        (  # converted character by character, without a look at words
            "運營團隊將會長期觀察顧客與優惠，適用于門店，并在售后記錄數據。皇后飯店參與，關係良好。",
            "運營團隊將會長期觀察顧客與優惠，適用於門店，並在售後記錄數據。皇后飯店參與，關係良好。",
        ),
        (f"{_HANS}\n{_HANT}", f"{_HANS}\n{_HANT}"),
    ],
)
def test_scripts(dirty: str, cleaned: str) -> None:
    assert _clean(dirty) == cleaned


@pytest.mark.parametrize(
    "text",
    [
        "版权声明写在合同第三条，双方各执一份。\n\n下载本文档之前，请先登录系统，再在右上角点击分享。\n\n以上规定自发布之日起执行，请各门店遵守。",
        "All rights reserved seats must be paid for in advance, says the handbook.\n\nShare this plan with the team before Monday.",
        "温馨提示：活动当天请提前十分钟到场，并带好会员卡。\n\n1. 停车位有限，建议乘坐地铁。\n2. 活动结束后请填写问卷，我们会在一周内寄出礼品。",
        "# 分享机制\n\n## 评论\n\n评论区由客服轮值，两小时内回复。\n\n## 下一步\n\n上线。",
        "相关文章的数量决定了页面的深度，推荐算法每天更新一次，运营每周检查。\n\n结论：保持不变。",
        "- 曝光\n- 下载\n- 广告\n- 分享\n\n以上四步组成漏斗，每周一核对一次。\n\n- 评论\n- 收藏",
        "# 联系我们\n\n周一到周五在线。\n\n# 分享\n\n分享给好友可得券。\n\n下一页",
        "指标,定义\nDAU,日活跃用户\nMAU,月活跃用户",
        "# 版权规范\n\n市场部统一管理图片版权，新人入职当天要学习。\n\n## 转载\n\n- 未经授权不得转载。\n- 版权所有归公司。",
        "新人入职当天要学习图片版权，规定如下，请逐条签字确认：\n\n- 未经授权不得转载。\n- 转载请注明出处。",
        "Every article page of the help centre ends with these parts:\n\n1. Related articles\n2. Share this article\n3. Leave a comment\n4. Back to top",
        "# Rights\n\nAll rights reserved.\n\nThis phrase is what an author writes to keep every right that the law gives.\n\nSo ask before you copy.",
        "# 活動手冊\n\n## 下載聲明的寫法\n\n下載聲明要寫明用途與期限，並由法務審核。\n\n## 相關推薦\n\n相關推薦位每週更新一次。",
        "# 公告\n\n自五月一日起，門店會員日改為每月十八日，請各店提前準備。\n\n延伸閱讀：《召回手冊》\n\n發布時間：2024-03-01",
        "会议纪要\n\n2024-03-01\n\n决定下周上线。",
        "Revenue: 100\n\nRevenue: 100",
        "收入\n100\n200\n100\n200\n\n合计 600",
    ],
)
def test_body_that_speaks_of_such_things_stays(text: str) -> None:
    assert _clean(text, "markdown") == text
    assert _clean(text) == text


@pytest.mark.parametrize(
    ("dirty", "cleaned"),
    [
        (
            "Home > Guides > Coupons\n\nSkip to content\n\nCoupons bring people back to the store in a week.\n\nLeave a comment",
            "Coupons bring people back to the store in a week.\n\n",
        ),
        (
            "We use cookies to improve your experience.\n\nCoupons bring people back.\n\n3 comments\n\nShare on Facebook Twitter",
            "Coupons bring people back.\n\n",
        ),
        (
            "第 3 页 共 12 页\n\n优惠券带来回头客，也带来口碑和推荐，这是我们在门店里看到的。\n\n猜你喜欢\n\n- 会员日\n- 积分",
            "优惠券带来回头客，也带来口碑和推荐，这是我们在门店里看到的。\n\n",
        ),
    ],
)
def test_furniture(dirty: str, cleaned: str) -> None:
    assert _clean(dirty).strip() == cleaned.strip()


_BODY = {
    "zh": "門店會員活動的目標是讓老會員一個月內再來一次，店長每週統計到店人數並與上一期比較。",
    "en": "The first letter goes out thirty days after the last order and asks nothing of the reader.",
}


@pytest.mark.parametrize("markup", ["plain", "markdown"])
@pytest.mark.parametrize(
    ("language", "furniture"),
    [
        ("zh", "本文由用戶上傳，如有侵權請聯繫刪除。\n\n相關推薦：會員日怎麼辦\n\n標籤：會員 活動"),
        ("zh", "版權所有 © 2023 某某網\n\n上一篇：如何拉新\n\n下一篇：召回手冊\n\n你可能也喜歡\n\n- 積分\n- 抽獎"),
        ("zh", "下載聲明：本站資源僅供學習參考，請於下載後24小時內刪除。\n\n登入後即可留言\n\n隱私權政策 | 服務條款"),
        ("zh", "著作權歸作者所有。商業轉載請聯繫作者獲得授權。\n\n發表評論\n\n回到頂部"),
        ("en", "Related Articles:\n\n- Ten ways to lose a customer\n- What a coupon costs\n\n© 2024 Acme. All rights reserved."),
        ("en", "Tags: growth\n\nLeave a Reply\n\nYour email address will not be published. Required fields are marked *"),
        ("en", "Share this:\n\n5 min read\n\nBy using this site, you agree to our use of cookies.\n\nAccept All"),
    ],
)  # fmt: skip
def test_furniture_at_the_foot_of_a_page(language: str, furniture: str, markup: str) -> None:
    assert _clean(f"{_BODY[language]}\n\n{furniture}\n", markup).strip() == _BODY[language]


def test_markdown_code_links_and_tables_stay() -> None:
    text = (
        "```tactic\nid: ｘ\nname: {zh: 回滚,按渠道}\n产(chǎn)品\n\n\n\n```\n\n"
        "见[手册,第二版](https://example.com/a,b?c=产品,经理)与`键:值`。\n\n"
        "| 渠道,来源 | 花费 |\n|---|---|\n| 抖音 | 1,000 |\n| 抖音 | 1,000 |\n\n    代码,不动:真的\n"
    )
    assert _clean(text, "markdown") == text.replace("手册,第二版", "手册，第二版")


def test_repetition_is_reduced_but_lists_and_numbers_stay() -> None:
    assert _clean("新品上市须知\n\n新品上市须知\n\n正文从这里开始。") == "新品上市须知\n\n正文从这里开始。"
    assert (
        _clean("会员日每月十八日举办一次。会员日每月十八日举办一次。之后公布。")
        == "会员日每月十八日举办一次。之后公布。"
    )
    listed = "- 待定的活动内容\n- 待定的活动内容\n\n1212\n1212\n\n哈哈哈哈哈哈哈哈"
    assert _clean(listed) == listed


_SECTION = "## 目标\n\n提升次留到 45%，见[看板](https://x.y/z)。\n\n- 甲\n- 乙\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"


@pytest.mark.parametrize(
    ("dirty", "cleaned"),
    [
        ("# T\n\n**注意**：请勿外传。\n\n**注意**：请勿外传。\n\n完", "# T\n\n**注意**：请勿外传。\n\n完"),
        (
            "Ask the data team.\n\nAsk  the data team. \n\nAsk the data team.\n\nEnd",
            "Ask the data team.\n\nEnd",
        ),
        ("## 目标\n\n## 目标\n\n提升次留。", "## 目标\n\n提升次留。"),
        ("> 用户说很好。\n\n> 用户说很好。\n\n完", "> 用户说很好。\n\n完"),
        (f"{_SECTION * 3}## 其他\n\n完", f"{_SECTION}## 其他\n\n完"),
    ],
)
def test_blocks_pasted_twice_stand_once(dirty: str, cleaned: str) -> None:
    assert _clean(dirty, "markdown") == cleaned


@pytest.mark.parametrize(
    "text",
    [
        "- 待定的活动内容\n\n- 待定的活动内容\n\n1. 待定的活动\n\n1. 待定的活动",
        "## A\n\n暂无相关数据。\n\n## B\n\n暂无相关数据。\n\n## C\n\n暂无相关数据。",
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n| a | b |\n|---|---|\n| 1 | 2 |",
        "```\nx = next(it)\n\nx = next(it)\n```\n\n```\nx = next(it)\n\nx = next(it)\n```",
        "Steps:\n\n    make all the things\n\n    make all the things",
        "联系人：\n电话：\n\n联系人：\n电话：",
        "GMV: 120\n\nGMV: 120",
        "问：发券吗？\n答：不发给新人。\n\n问：短信呢？\n答：不发给新人。",
    ],
)
def test_what_may_stand_twice_stays(text: str) -> None:
    assert _clean(text, "markdown") == text


def test_wrapped_chinese_is_joined_and_verse_is_not() -> None:
    wrapped = "会员体系的目标是让顾客在一个月之内再\n来一次门店，并且愿意把自己的体验告诉身\n边的朋友。为此我们把会员分为三层，每一\n层都有不同的权益。"
    assert _clean(wrapped) == wrapped.replace("\n", "")
    verse = "床前明月光，\n疑是地上霜。\n举头望明月，\n低头思故乡。"
    assert _clean(verse) == verse


@pytest.mark.parametrize(
    "text",
    [
        "会员日活动从晚上十点\n半开始，届时所有门店\n同步上线优惠券，每位\n会员限领一张，先到先\n得，领完为止。",
        "会员日活动从晚上十点\n半开始，ROI 目标 120%，\n由 growth 团队负责。券\n的有效期为 7 天，过期作\n废。",
        "會員日活動從晚上十點\n半開始，請提前準備。",
    ],
)
def test_narrow_lines_of_one_text_are_joined(text: str) -> None:
    assert _clean(text) == text.replace("\n", "")
    assert _clean(text.replace("\n", "\r\n")) == text.replace("\n", "")


def test_narrow_sentences_stay_on_lines_of_their_own() -> None:
    wrapped = (
        "议题一，预算调整，从三千\n加到五千，由财务复核。\n议题二，人员安排，本周\n内确定名单并通知到人。"
    )
    assert _clean(wrapped) == wrapped.replace("三千\n", "三千").replace("本周\n", "本周")


def test_markdown_is_joined_within_chinese_clauses_only() -> None:
    wrapped = "# 会员日\n\n会员体系的目标是让顾客在一个月之内再\n来一次门店，并且愿意把自己的体验告诉身\n边的朋友。为此我们把会员分为三层，\n每一层都有不同的权益。\n\n- 一个月之内到店\n- 三个月之内到店"
    assert _clean(wrapped, "markdown") == wrapped.replace("再\n", "再").replace("身\n", "身")
    english = "The first letter goes out thirty days after the last order. It says\nwhat is new in the store and asks nothing of the reader. Most of the\npeople who come back do so within a week."
    assert _clean(english, "markdown") == english


def test_narrow_paragraphs_without_a_gap_stay_apart() -> None:
    wrapped = "　　会员日活动从晚上十点\n半开始，届时所有门店同步\n上线优惠券。\n　　第二段说明每位会员限领\n一张，先到先得，领完为止。"
    first, second = _clean(wrapped).split("\n")
    assert first.endswith("同步上线优惠券。")
    assert second == "第二段说明每位会员限领一张，先到先得，领完为止。"


@pytest.mark.parametrize(
    "text",
    [
        "朝辞白帝彩云间\n千里江陵一日还\n两岸猿声啼不住\n轻舟已过万重山",
        "上海市浦东新区\n世纪大道一百号\n环球金融中心",
        "问：会员日几点开始？\n答：晚上十点半开始。\n问：谁可以参加？\n答：所有会员。",
        "活动名称：会员日\n活动时间：晚上十点半\n活动地点：全部门店。",
        "会员体系概述\n会员分层管理\n会员权益设计\n会员数据分析",
        "店长说今天客人很多\n店员说库存已经不够\n经理说马上调货过来。",
        "会员日活动从晚上十点半开始。\n届时所有门店同步上线优惠券。\n每位会员限领一张。",
        "Collect the data\nClean the data\nReport the results",
        "会员日活动通知\n请各门店提前准备。",
    ],
)
def test_narrow_lines_that_are_lines_stay(text: str) -> None:
    assert _clean(text) == text


def test_enumeration_in_a_sentence_is_no_heading() -> None:
    text = (
        "要点有三个：一、明确目标并写下来；二、分解任务；三、按周复盘。"
        + "这里继续说明背景和做法，没有编号。" * 1
    )
    text += "".join(
        f"第{n}段补充说明各门店的差异，数据以系统为准，口径见附录，负责人为店长。" for n in range(12)
    )
    assert _clean(text) == text
