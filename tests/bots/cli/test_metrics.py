"""`yunce metrics`."""

import json
import re

import pytest

from bots.cli.session import Session
from bots.cli.tool_arguments import print_tool
from tests.bots.cli.conftest import ORDERS
from tools.published import TOOLS


def test_list(yunce, demo):
    shown = yunce("metrics", "list", cwd=demo).stdout
    assert "Tools (yunce metrics run NAME …)" in shown
    assert "measure_retention" in shown
    assert "d1_retention" in shown
    listed = json.loads(yunce("metrics", "list", "--json", cwd=demo).stdout)
    assert {"measure_metric", "explain_change"} <= {tool["name"] for tool in listed["tools"]}
    assert listed["metrics"]["d1_retention"]["kind"] == "retention"
    assert all(tool["arguments"]["properties"] for tool in listed["tools"])


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_every_argument_is_explained_in_each_language(tool, capsys):
    session = Session()
    for language, other in (("en", re.compile(r"[\u4e00-\u9fff]")), ("zh", re.compile(r"required|default "))):
        session.follow("", language)
        print_tool(session, tool, tool.name, tool.title)
        shown = capsys.readouterr().out
        assert not other.search(shown)
        for name in tool.arguments.model_fields:
            assert re.search(rf"^  {name}  .+\n      \S", shown, re.M)


def test_what_one_tool_or_metric_takes(invoke, demo):
    funnel = invoke("metrics", "list", "measure_funnel", "--language", "zh", folder=demo).stdout
    assert "  steps  列表：文字，必填\n      按顺序的事件" in funnel
    assert "  entry  first | any，默认 first\n      first 只看期内首次进入" in funnel
    english = invoke("metrics", "list", "measure_retention", "--language", "en", folder=demo).stdout
    assert "  periods  list of whole number or text, 1 to 60 items, default [1, 3, 7, 14, 30]" in english
    assert "yunce metrics run measure_retention --start 2026-03-01 --end 2026-03-31\n" in english
    named = invoke("metrics", "list", "d1_retention", "--language", "en", folder=demo).stdout
    assert named.startswith("d1_retention  ")
    assert "\n  metric  " not in named
    listed = json.loads(invoke("metrics", "list", "measure_funnel", "--json", folder=demo).stdout)
    assert listed["arguments"]["required"] == ["start", "end", "steps"]
    assert "Did you mean: measure_funnel" in invoke("metrics", "list", "measure_funel", folder=demo).stderr


def test_check(invoke, company):
    done = invoke("metrics", "check", folder=company)
    assert done.exit_code == 0
    assert "orders: 2026-03-02 – 2026-04-06, 3 usable rows, newest event 2026-04-06 00:00" in done.stdout
    assert "ok: nothing found" in done.stdout
    report = json.loads(invoke("metrics", "check", "--json", folder=company).stdout)["orders"]
    assert (report["start"], report["end"], report["findings"]) == ("2026-03-02", "2026-04-06", [])


def test_check_says_what_is_wrong_and_how_to_mend_it(invoke, company):
    rows = "".join(f"{u},2026-03-{d:02},1\n" for d in range(2, 12) for u in "abc")
    orders = company / "data" / "orders.csv"
    orders.write_text(f"customer,ordered_at,amount\n{rows}{rows}", encoding="utf-8")
    done = invoke("metrics", "check", "orders", folder=company)
    assert done.exit_code == 1
    assert "serious  30 rows (50.0%) are exact copies of another row." in done.stdout
    assert "Spoils: Counts and sums are too high" in done.stdout
    zh = invoke("metrics", "check", "--language", "zh", folder=company).stdout
    assert "30 行（50.0%）与另一行完全相同" in zh
    assert "处理：" in zh
    [finding] = json.loads(invoke("metrics", "check", "--json", folder=company).stdout)["orders"]["findings"]
    assert (finding["check"], finding["n"], finding["of"]) == ("repeated_rows", 30, 60)


def test_check_of_an_unknown_source(invoke, company):
    done = invoke("metrics", "check", "order", folder=company)
    assert done.exit_code == 2
    assert "Did you mean: orders?" in done.stderr


def test_run_a_named_metric(yunce, company):
    shown = yunce("metrics", "run", "buyers", "--start", "2026-03-01", "--end", "2026-03-31", cwd=company)
    assert shown.returncode == 0
    assert "buyers" in shown.stdout
    assert ": 2 (n=2)" in shown.stdout
    assert "Asia/Shanghai" in shown.stdout


def test_run_a_tool(yunce, company):
    arguments = [
        "--start",
        "2026-03-01",
        "--end",
        "2026-04-30",
        "--arg",
        "interval=month",
        "--language",
        "zh",
    ]
    done = yunce("metrics", "run", "measure_active_users", *arguments, "--json", cwd=company)
    result = json.loads(done.stdout)
    assert result["arguments"]["interval"] == "month"
    assert result["table"]["total_rows"] == 2
    shown = yunce("metrics", "run", "measure_active_users", *arguments, cwd=company)
    assert "时区：Asia/Shanghai" in shown.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["d1_retension"], ["no metric or tool d1_retension", "d1_retention"]),
        (["d1_retention", "--start", "2026-09-27", "--end", "2026-09-21"], ["2026-09-21", "2026-09-27"]),
        (["d1_retention", "--start", "yesterday", "--end", "2026-09-21"], ["start", "yesterday"]),
        (["measure_metric", "--arg", "metric=d1_retension", "--start", "2026-09-20", "--end", "2026-09-21"], ["d1_retension", "d1_retention"]),
        (["d1_retention", "--arg", "breakdown"], ["KEY=VALUE", "'breakdown'"]),
        (["measure_funnel", "--arg", "step=[]"], ["step"]),
    ],
)  # fmt: skip
def test_arguments_that_cannot_be_used(invoke, demo, arguments, words):
    done = invoke("metrics", "run", *arguments, folder=demo)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert all(word in done.stderr for word in words), done.stderr


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (ORDERS.replace("user: customer", "user: costumer"), ["costumer", "customer"]),
        (ORDERS.replace("kind: unique_users", "kindd: unique_users"), ["line 6", "kindd", "kind"]),
        (ORDERS.replace("relative_dates", "relative_date"), ["line 2", "relative_date", "relative_dates"]),
        (ORDERS.replace("event: purchase", "event: purchas"), ["purchas"]),
        (ORDERS.replace("data/orders.csv", "data/order.csv"), ["data/order.csv"]),
        ("sources: [", ["line 1", "YAML"]),
    ],
)
def test_a_metrics_file_that_is_wrong(invoke, company, wrong, words):
    (company / "metrics.yaml").write_text(wrong, encoding="utf-8")
    done = invoke("metrics", "run", "buyers", "--start", "2026-03-01", "--end", "2026-03-31", folder=company)
    assert done.exit_code in (1, 2)
    assert done.stderr.count("\n") == 1
    assert all(word in done.stderr for word in words), done.stderr


def test_no_data_declared(invoke, company):
    (company / "metrics.yaml").write_text("# nothing yet\n", encoding="utf-8")
    done = invoke("metrics", "check", folder=company)
    assert done.exit_code == 1
    assert "declares no data yet" in done.stderr
