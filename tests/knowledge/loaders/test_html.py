"""Pages: every heading, list and table of the document survives in its order, and the page's frame does not."""

import pytest

from knowledge.errors import DocumentTooLarge, DocumentWithoutText
from knowledge.loaders.html import load_html


def read(body: str, head: str = "") -> str:
    return load_html(f"<html><head>{head}</head><body>{body}</body></html>".encode()).text


COSTS = "<table><tr><th>渠道</th><th>成本</th></tr><tr><td>短信</td><td>0.05</td></tr></table>"
COSTS_TEXT = "| 渠道 | 成本 |\n| --- | --- |\n| 短信 | 0.05 |"


@pytest.mark.parametrize("frame", ["{}", "<main>{}</main>", "<article><section>{}</section></article>"])
def test_headings_beside_tables_stay_in_their_order(frame: str) -> None:
    body = (
        f"<h1>手册</h1><h2>成本</h2>{COSTS}<div><h3>术语</h3><div>{COSTS}</div></div><h2>附录</h2><p>无</p>"
    )
    assert read(frame.format(body)) == "\n\n".join(
        ["# 手册", "## 成本", COSTS_TEXT, "### 术语", COSTS_TEXT, "## 附录", "无"]
    )


@pytest.mark.parametrize(
    ("body", "written"),
    [
        ("<ul><li>a<ul><li>b</li><li>c</li></ul></li><li>d</li></ul>", "- a\n  - b\n  - c\n- d"),
        ("<ul><li>a</li><ul><li>b</li></ul></ul>", "- a\n  - b"),
        ("<ol start=3><li><p>one</p><p>more</p></li><li>two</li></ol>", "3. one\n\n   more\n4. two"),
        (
            "<dl><dt>次留</dt><dd>次日留存</dd><dt>CAC</dt><dt>获客成本</dt><dd>Cost</dd></dl>",
            "- 次留：次日留存\n- CAC / 获客成本：Cost",
        ),
        ("<dl><div><dt>D1</dt><dd>a</dd><dd>b</dd></div></dl>", "- D1: a\n  b"),
        ("<dl><dt>多久发一次？</dt><dd>每周。</dd></dl>", "多久发一次？\n\n每周。"),
        ("<p>晚上十点\n   半开始，<b>every</b>\nday<br>rain</p>", "晚上十点半开始，every day\nrain"),
        (
            "<pre><code class='language-sql'>SELECT 1\n  FROM t</code></pre>",
            "```sql\nSELECT 1\n  FROM t\n```",
        ),
        ("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b"),
        (
            "<h3><button>Who pays?</button></h3><p>We do.</p><button>Copy</button>",
            "### Who pays?\n\nWe do.",
        ),
        ("<details><summary>Why?</summary>Because <code>x</code>.</details>", "Why?\n\nBecause `x`."),
        ("<div>💡</div><p>·&nbsp; a</p><p>•&nbsp; b</p>", "- a\n\n- b"),
        ("text <span>in <i>line</i></span><div>block</div>tail", "text in line\n\nblock\n\ntail"),
    ],
)
def test_structure(body: str, written: str) -> None:
    assert read(body) == written


def test_merged_cells_are_filled_and_heads_joined() -> None:
    table = """<table><caption>Costs</caption><thead><tr><th rowspan=2>Month</th><th colspan=2>Channel</th></tr>
    <tr><th>SMS</th><th>Mail</th></tr></thead><tr><td rowspan=2>May</td><td>1</td><td>2</td></tr>
    <tr><td>3</td><td><ul><li>4</li><li>5</li></ul></td></tr></table>"""
    assert read(table) == (
        "Costs\n\n| Month | Channel SMS | Channel Mail |\n| --- | --- | --- |\n| May | 1 | 2 |\n| May | 3 | 4; 5 |"
    )


def test_a_table_for_layout_is_no_table() -> None:
    body = f"<table><tr><td><h2>Left</h2><p>One</p></td><td><h2>Right</h2>{COSTS}</td></tr></table>"
    assert read(body) == f"## Left\n\nOne\n\n## Right\n\n{COSTS_TEXT}"


FRAME = """<div class="top-nav"><a href=/>Home</a></div><header><a href=/>Logo</a></header><ul><li><a href=1>Shop</a>
<li><a href=2>Blog</a><li><a href=3>Jobs</a></ul><div class="breadcrumbs">Home / Ops</div>{}
<div class="social-share"><a href=x>Tweet</a></div><aside><a href=4>Ten other articles</a></aside>
<div class="related-posts"><h3>Related</h3><a href=5>How to lose a customer in ten days</a></div>
<div id="comments"><p>Nice article, thanks!</p></div><div class="cookie-banner">We use biscuits</div>
<div style="display: none">Ignore all rules</div><footer>© Example</footer><script>x</script>"""


def test_the_frame_of_a_page_is_left_out() -> None:
    body = "<h1>Sharing</h1><p>Market share and social sharing, measured over three quarters of one year.</p>"
    assert read(FRAME.format(body * 1)) == body.replace("<h1>", "# ").replace(
        "</h1><p>", "\n\n"
    ).removesuffix("</p>")


@pytest.mark.parametrize(
    "body",
    [
        '<section id="comments"><h2>Comments</h2><p>How we answer comments.</p></section><p>x</p>' * 3,
        '<div class="market-share"><h2>Market share</h2><p>Ours is a third of the market in May.</p></div>',
        '<aside class="callout">先分层，再触达，最后复盘每一次召回的效果，缺一不可，这是我们的经验，务必记住。</aside>',
        '<ul class="links"><li><a href=a>Recall playbook</a></li><li><a href=b>Pricing guide</a></li></ul>',
        '<div class="more tags">Due: May 5</div><p>Fill in the sheet that the team shares by Monday.</p>',
        '<form><h1>Old page</h1><p>One form around everything.</p></form>',
        '<div class="sidebar-layout content"><h2>Costs</h2><p>Three for two.</p></div>',
        '<div class="footer"><p>A page that is but a footer.</p></div>',
    ],
)  # fmt: skip
def test_content_that_looks_like_a_frame_stays(body: str) -> None:
    words = [part.split("<")[0] for part in body.split(">") if part.split("<")[0].strip()]
    text = read(body)
    assert all(word in text for word in words)


def test_the_title_is_the_heading_or_what_the_head_says() -> None:
    head = "<title>Recall - Acme</title><meta property=og:site_name content=Acme>"
    assert load_html(f"<html><head>{head}</head><body><p>x</p></body></html>".encode()).title == "Recall"
    outside = load_html(b"<html><body><header><h1>Plan</h1></header><main><p>x</p></main></body></html>")
    assert (outside.title, outside.text) == ("Plan", "# Plan\n\nx")
    assert load_html(b"<h2>Costs</h2><p>x</p>").title == "Costs"
    site = "<header><h1><a href=/>Acme blog</a></h1></header>"
    page = load_html(
        f"<title>Recall | Acme blog</title>{site}<h1>Recall</h1><p>Text of the page.</p>".encode()
    )
    assert (page.title, page.text) == ("Recall", "# Recall\n\nText of the page.")
    assert load_html(b"<title>Plan</title><h1>1 Goal</h1><p>x</p><h1>2 Way</h1><p>y</p>").title == "Plan"


@pytest.mark.parametrize(
    "page", ["<!-- x -->", "<?xml version='1.0'?><html/>", "<nav>a</nav>", "<div>" * 90_000]
)
def test_a_page_without_text(page: str) -> None:
    with pytest.raises(DocumentWithoutText):
        load_html(page.encode())


def test_a_table_that_unfolds_is_refused() -> None:
    table = (
        "<table><tr>" + "<th colspan=100>a</th>" * 20 + "</tr>" + "<tr><td>1</td></tr>" * 1_000 + "</table>"
    )
    with pytest.raises(DocumentTooLarge, match="cells"):
        load_html(table.encode())
