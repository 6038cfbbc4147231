"""Whole documents come out as an editor would have them, and clean ones as they went in."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.cleaning import clean_document
from knowledge.loaders.front_matter import split_front_matter

_ROOT = Path(__file__).parents[3]
_CLEAN = sorted(
    [
        *_ROOT.glob("*.md"),
        *_ROOT.glob("knowledge/library/**/*.md"),
        *_ROOT.glob("assistant/**/library/**/*.md"),
    ]
)

_PAGE_OF_A_DOCUMENT_SITE = """門(mén)店會(huì)員活動(dòng)手冊(cè)_第1頁(yè)
門(mén)店會(huì)員活動(dòng)手冊(cè)_第2頁(yè)
已閱讀2頁(yè),還剩3頁(yè)未讀, 繼續(xù)免費(fèi)閱讀

下載本文檔

版權(quán)說(shuō)明:本文檔由用戶(hù)提供並上傳,若內(nèi)容存在侵權(quán),請(qǐng)進(jìn)行舉報(bào)或認(rèn)領(lǐng)

門(mén)店會(huì)員活動(dòng)手冊(cè)一、活動(dòng)目標(biāo)活動(dòng)目標(biāo)是讓老會(huì)員一個(gè)月內(nèi)再來(lái)一次。店長(zhǎng)每週統(tǒng)計(jì)到店人數(shù)(日/周),並與上一期比較,差距超過(guò)一成就要說(shuō)明原因。沒(méi)有達(dá)到目標(biāo)的門(mén)店,由區(qū)域經(jīng)理協(xié)助調(diào)整。二、會(huì)員分層管理會(huì)員按最近一次消費(fèi)分為三層。第一層是一個(gè)月內(nèi)來(lái)過(guò)的人,第二層是三個(gè)月內(nèi)來(lái)過(guò)的人,其餘是第三層。每一層用不同的短信,費(fèi)用從門(mén)店預(yù)算支出,由系統(tǒng)(CRM)自動(dòng)發(fā)送。三、效果評(píng)估每月最後一天關(guān)賬。財(cái)務(wù)核對(duì)優(yōu)惠券數(shù)量,門(mén)店核對(duì)回訪名單,兩邊一致才算完成。結(jié)果寫(xiě)進(jìn)月報(bào),作為下一期活動(dòng)的依據(jù),並在例會(huì)上公開(kāi)討論經(jīng)驗(yàn)和教訓(xùn)。四、預(yù)算安排每家門(mén)店有固定的活動(dòng)預(yù)算,超出部分要先申請(qǐng)。

溫馨提示

  • 1. 本站所有資源如無(wú)特殊說(shuō)明,都需要本地電腦安裝閱讀器。
  • 2. 本站不保證下載資源的準(zhǔn)確性、安全性和完整性。

評(píng)論

0/150

提交評(píng)論
"""

_PAGE_OF_A_BLOG = """首页 > 门店运营 > 正文

优惠券发放指南优惠券发放指南

优惠券发放指南

登录 | 注册

发券之前先想清楚三件事:发给谁、什么时候发、到期前提醒几次。 其中,到期提醒最容易被忘记,也最能带来到店。

一、发给谁

三十天没有来过的会员优先。本文档由用户上传的数据整理而成,不含隐私,请放心下载使用。

二、什么时候发

周四下午发,周末使用;雨天加发一次。三十天没有来过的会员优先,这是我们在八家门店试出来的,大家可以先照做,再按自己门店的情况慢慢调整,不必一次做对所有细节。

三十天没有来过的会员优先,这是我们在八家门店试出来的,大家可以先照做,再按自己门店的情况慢慢调整,不必一次做对所有细节。

三十天没有来过的会员优先,这是我们在八家门店试出来的,大家可以先照做,再按自己门店的情况慢慢调整,不必一次做对所有细节。

版权声明:本文由网友投稿,不代表本站观点。
如有侵权请联系 admin@example.com 删除。

(3)
打赏 微信扫一扫 支付宝扫一扫
上一篇 2024年3月1日 10:00:00
下一篇 2024年3月2日 11:00:00

相关推荐

  • 会员日怎么办

    会员日不是打折日。先定主题,再定人群,最后才定优惠力度,顺序反了就会亏本,而且……

    2024年2月1日
    100

发表评论

登录后才能评论
"""

_WRAPPED_ENGLISH = """Win-back in Three Letters

The first letter goes out thirty days after the last order. It says
what is new in the store and asks nothing of the reader. Most of the
people who come back do so within a week, and they need no coupon to
do it, which keeps the margin of the whole campaign healthy. A long-
term discount has never paid for itself in any of our experi-
ments.

Page 2 of 7

Roses are red,
violets are blue,
sugar is sweet
and so are you.

Share this article
Related articles
- Ten ways to lose a customer
- What a coupon costs
© 2023 Example Media. All rights reserved.
"""


def test_page_of_a_document_site() -> None:
    cleaned = clean_document(_PAGE_OF_A_DOCUMENT_SITE, markup="plain")
    paragraphs = cleaned.text.strip().split("\n\n")
    assert paragraphs[:4] == [
        "門店會員活動手冊",
        "一、活動目標",
        "活動目標是讓老會員一個月內再來一次。店長每週統計到店人數(日/周)，並與上一期比較，差距超過一成就要說明原因。"
        "沒有達到目標的門店，由區域經理協助調整。",
        "二、會員分層管理",
    ]
    assert "系統(CRM)" in cleaned.text
    assert paragraphs[5].startswith("三、效果評估")
    assert paragraphs[-1].endswith("超出部分要先申請。")
    [warning] = cleaned.warnings
    assert "characters" in warning.en
    assert "原文保留" in warning.zh


def test_page_of_a_blog() -> None:
    cleaned = clean_document(_PAGE_OF_A_BLOG, markup="plain").text.strip()
    assert cleaned.split("\n\n") == [
        "优惠券发放指南",
        "发券之前先想清楚三件事：发给谁、什么时候发、到期前提醒几次。其中，到期提醒最容易被忘记，也最能带来到店。",
        "一、发给谁",
        "三十天没有来过的会员优先。本文档由用户上传的数据整理而成，不含隐私，请放心下载使用。",
        "二、什么时候发",
        "周四下午发，周末使用；雨天加发一次。三十天没有来过的会员优先，这是我们在八家门店试出来的，大家可以先照做，再按自己门店的情况慢慢调整，不必一次做对所有细节。",
        "三十天没有来过的会员优先，这是我们在八家门店试出来的，大家可以先照做，再按自己门店的情况慢慢调整，不必一次做对所有细节。",
    ]


def test_wrapped_english() -> None:
    cleaned = clean_document(_WRAPPED_ENGLISH, markup="plain").text.strip()
    title, prose, poem = cleaned.split("\n\n")
    assert title == "Win-back in Three Letters"
    assert "says what is new" in prose
    assert "A long-term discount has never paid for itself in any of our experiments." in prose
    assert "\n" not in prose
    assert poem == "Roses are red,\nviolets are blue,\nsugar is sweet\nand so are you."


@pytest.mark.parametrize("path", _CLEAN, ids=lambda path: path.name)
def test_clean_documents_stay_as_they_are(path: Path) -> None:
    _, body, _ = split_front_matter(path.read_text("utf-8"))
    cleaned = clean_document(body, markup="markdown").text
    if path.name == "README.zh.md":  # its lines break within Chinese clauses
        cleaned, body = cleaned.replace("\n", ""), body.replace("\n", "")
    assert cleaned == body


@pytest.mark.parametrize("text", [_PAGE_OF_A_DOCUMENT_SITE, _PAGE_OF_A_BLOG, _WRAPPED_ENGLISH])
def test_spans_lead_back_to_the_original(text: str) -> None:
    cleaned = clean_document(text, markup="plain")
    for phrase in ("要先申請", "到期提醒最容易被忘记", "keeps the margin"):
        if phrase in cleaned.text:
            start = cleaned.text.index(phrase)
            first, last = cleaned.alignment.to_original(start, start + len(phrase))
            assert (text[first], text[last - 1]) == (phrase[0], phrase[-1] if text[last - 1] != ")" else ")")
            assert cleaned.alignment.to_cleaned(first) == start


def test_cleaning_again_changes_nothing() -> None:
    for text in (_PAGE_OF_A_DOCUMENT_SITE, _PAGE_OF_A_BLOG, _WRAPPED_ENGLISH):
        once = clean_document(text, markup="plain").text
        assert clean_document(once, markup="plain").text == once


_PIECES = st.sampled_from(
    [
        "運(yùn)營(yíng)",
        "留存，",
        "Ｄ１",
        "\n",
        "\n\n",
        "一、",
        "二、",
        "三、",
        "é",
        "\u200b",
        "&nbsp;",
        "相关阅读",
        "下载本文档",
        "A wrapped line-",
        "- item",
        "| a | b |",
        "```",
        "问：",
        "答：",
        "。",
        "?",
        "产",
        "\u3000",
        "\r\n",
        "(",
        "Ã©",
        "鐨勯攛",
    ]
)


@settings(deadline=None, max_examples=60)  # the first example loads dictionaries
@given(
    st.lists(st.one_of(_PIECES, st.text(max_size=8)), max_size=40).map("".join),
    st.sampled_from(["plain", "markdown"]),
)
def test_any_text_is_aligned_from_end_to_end(text: str, markup: str) -> None:
    cleaned = clean_document(text, markup=markup)
    alignment = cleaned.alignment
    assert (alignment.original_length, alignment.cleaned_length) == (len(text), len(cleaned.text))
    starts = [alignment.to_original(n, n + 1) for n in range(len(cleaned.text))]
    assert starts == sorted(starts)
    assert all(0 <= start <= end <= len(text) for start, end in starts)
