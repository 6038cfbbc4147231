"""`yunce metrics init`."""

import csv

import openpyxl
import pytest
from click.testing import CliRunner

from bots.cli.main import cli
from tools.semantics import load_semantics

TABLE = "客户,下单时间,金额\na,2026-03-02 10:00,10\nb,2026-03-03 10:00,20\na,2026-04-06 10:00,30\n"


@pytest.fixture
def orders(company, monkeypatch):
    """A workspace without a metrics.yaml, and a table in GBK; the current folder is the workspace."""
    (company / "metrics.yaml").unlink()
    (company / "data" / "订单.csv").write_bytes(TABLE.encode("gbk"))
    monkeypatch.chdir(company)
    return company


def ask(company, text, *arguments):
    return CliRunner().invoke(cli, ["-w", str(company), "metrics", "init", *arguments], input=text)


@pytest.mark.parametrize(("language", "said"), [("en", "Wrote "), ("zh", "已写入 ")])
def test_a_proposal_is_written_and_a_first_figure_shown(invoke, orders, language, said):
    done = invoke("metrics", "init", "data/订单.csv", "--yes", "--language", language, folder=orders)
    assert done.exit_code == 0, done.stderr
    assert said in done.stdout
    assert ("buyers: 1 (2026-03-10 to 2026-04-06)" if language == "en" else "购买人数：1（") in done.stdout
    written = load_semantics(orders / "metrics.yaml")
    assert written.sources["订单"].path == "data/订单.csv"
    assert written.sources["订单"].user == "客户"
    checked = invoke("metrics", "check", folder=orders)
    assert checked.exit_code == 0


def test_an_existing_file_is_not_replaced_without_asking(invoke, orders):
    mine = "sources: {a: {path: data/订单.csv, user: 客户, time: 下单时间, event_name: buy}}\n"
    (orders / "metrics.yaml").write_text(mine, encoding="utf-8")
    for _ in range(2):
        assert invoke("metrics", "init", "data/订单.csv", "--yes", folder=orders).exit_code == 0
    assert (orders / "metrics.yaml").read_text(encoding="utf-8") == mine
    assert (orders / "metrics.proposed.yaml").exists()
    assert (orders / "metrics.proposed.2.yaml").exists()
    invoke("metrics", "init", "data/订单.csv", "--yes", "--force", folder=orders)
    assert (orders / "metrics.yaml").read_text(encoding="utf-8") != mine


def test_a_short_dialogue(orders):
    # The time, a wrong user and then the right one, no event column, the event's name, two wrong zones and the right one.
    done = ask(
        orders, "下单时间\n客\n客户\n-\n购买\n北京\nTokyo\nAsia/Tokyo\n", "data/订单.csv", "--language", "zh"
    )
    assert done.exit_code == 0, done.output
    assert "这里不能填 客。您是不是想用：客户" in done.output
    assert "这里不能填 北京。\n" in done.output
    assert "这里不能填 Tokyo。您是不是想用：Asia/Tokyo" in done.output
    assert "Error" not in done.output
    written = load_semantics(orders / "metrics.yaml")
    assert written.sources["订单"].event_name == "购买"
    assert written.timezone == "Asia/Tokyo"


def test_a_column_has_one_role_and_the_time_holds_times(orders):
    done = ask(orders, "金额\n下单时间\n下单时间\n客户\n客户\n-\n\n\n", "data/订单.csv", "--language", "en")
    assert done.exit_code == 0, done.output
    for column in ("金额", "下单时间", "客户"):
        assert f"{column} is no answer here." in done.output


LINES = "订单号,客户,下单时间,数量\n1,a,2026-03-02 10:00,1\n1,a,2026-03-02 10:00,2\nR1,a,2026-03-03 10:00,-1\n2,b,2026-04-06 10:00,1\n"


@pytest.mark.parametrize(
    ("answers", "key", "where"),
    [
        (None, "订单号", {"数量": "> 0"}),
        ("\n\n\n\n\n\n\n", "订单号", {"数量": "> 0"}),
        ("\n\n\n\n-\n否\n\n", None, {}),
    ],
)
def test_lines_and_returns_are_asked_about(orders, answers, key, where):
    (orders / "data" / "行.csv").write_text(LINES, encoding="utf-8")
    given = ["--yes"] if answers is None else []
    done = ask(orders, answers, "data/行.csv", "--language", "zh", *given)
    assert done.exit_code == 0, done.output
    written = load_semantics(orders / "metrics.yaml").sources["行"]
    assert (written.id, dict(written.where)) == (key, where)
    assert ("像是一笔订单的多行" in done.output) == bool(key)
    assert ("像是退货或冲销" in done.output) == bool(where)


def test_what_is_replaced_is_kept(orders):
    mine = "sources: {a: {path: data/订单.csv, user: 客户, time: 下单时间, event_name: buy}}\n"
    for number, given in (("", ["--yes", "--force"]), (".2", ["--language", "zh"])):
        (orders / "metrics.yaml").write_text(mine, encoding="utf-8")
        done = ask(orders, "也许\n是\n\n\n\n\n\n", "data/订单.csv", *given)
        assert done.exit_code == 0, done.output
        assert f"metrics.before{number}.yaml" in done.output
        assert (orders / f"metrics.before{number}.yaml").read_text(encoding="utf-8") == mine
        assert "客户" in (orders / "metrics.yaml").read_text(encoding="utf-8")


def test_nothing_is_replaced_before_the_new_file_is_tried(orders):
    mine = "sources: {a: {path: data/订单.csv, user: 客户, time: 下单时间, event_name: buy}}\n"
    (orders / "metrics.yaml").write_text(mine, encoding="utf-8")
    unanswered = ask(orders, "", "data/订单.csv", "--language", "en")
    assert unanswered.exit_code == 2
    assert "--yes takes what is proposed" in unanswered.stderr
    assert (orders / "metrics.yaml").read_text(encoding="utf-8") == mine
    assert {f.name for f in orders.glob("*metrics*")} == {"metrics.yaml"}


def test_the_sheet_of_a_workbook_that_holds_times(orders, invoke):
    book = openpyxl.Workbook()
    book.active.append(["说明"])
    book.active.append(["第二页是数据"])
    data = book.create_sheet("明细")
    for row in csv.reader(TABLE.splitlines()):
        data.append(row)
    book.save(orders / "data" / "两页.xlsx")
    done = invoke("metrics", "init", "data/两页.xlsx", "--yes", "--language", "zh", folder=orders)
    assert done.exit_code == 0, done.stderr
    assert "工作表：明细" in done.stdout
    assert load_semantics(orders / "metrics.yaml").sources["两页"].sheet == "明细"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["none.csv"], "there is no file"),
        (["data"], "is a folder"),
        (["data/empty.csv"], "is empty"),
        (["data/no_times.csv"], "holds times"),
        (["data/订单.csv", "--timezone", "Beijing", "--language", "en"], "use a name such as Asia/Shanghai"),
    ],
)
def test_what_cannot_be_proposed_is_said(invoke, orders, arguments, words):
    (orders / "data" / "empty.csv").touch()
    (orders / "data" / "no_times.csv").write_text("a,b\n1,2\n")
    done = invoke("metrics", "init", *arguments, "--yes", folder=orders)
    assert done.exit_code in (1, 2)
    assert done.stderr.count("\n") == 1
    assert words in done.stderr
    assert not (orders / "metrics.yaml").exists()
