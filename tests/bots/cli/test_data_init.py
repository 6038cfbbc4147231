"""`yunce metrics init`."""

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
    # A wrong column is refused with the nearest, then user, time, no event column, the event's name, the zone.
    done = ask(orders, "客\n客户\n下单时间\n-\n购买\nAsia/Tokyo\n", "data/订单.csv", "--language", "zh")
    assert done.exit_code == 0, done.output
    assert "没有列 客。您是不是想用：客户" in done.output
    written = load_semantics(orders / "metrics.yaml")
    assert written.sources["订单"].event_name == "购买"
    assert written.timezone == "Asia/Tokyo"


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
