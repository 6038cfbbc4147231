"""A first metrics.yaml is right for the tables that people have, and is always one that can be read."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools import Metrics
from tools.errors import NoData
from tools.proposal import Draft, Roles, inspect_data, propose_roles, write_proposal
from tools.proposal.inspection import Column, Inspection
from tools.proposal.roles import find_milestones
from tools.semantics import load_semantics

START = datetime(2026, 3, 2, 9)


def look_at(folder: Path, frame: pd.DataFrame, name: str = "data.csv") -> tuple[Inspection, Roles]:
    path = folder / name
    frame.to_parquet(path) if name.endswith("parquet") else frame.to_csv(path, index=False)
    look = inspect_data(str(path))
    return look, propose_roles(look)


def proposed(folder: Path, frame: pd.DataFrame, name: str = "data.csv", language: str = "en") -> Metrics:
    look, roles = look_at(folder, frame, name)
    text = write_proposal(
        [Draft("data", name, look, roles)], timezone="Asia/Shanghai", currency="CNY", language=language
    )
    (folder / "metrics.yaml").write_text(text, encoding="utf-8")
    return Metrics.open(folder / "metrics.yaml")


def events(days: int = 30) -> pd.DataFrame:
    rows = [
        (f"u{u}", event, START + timedelta(days=d, minutes=u), ("ios", "web")[u % 2], 9.5 if event == "支付成功" else None)
        for d in range(days) for u in range(10) for event in ("注册", "浏览商品", "支付成功")[0 if d == 0 else 1 :]
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["user_id", "event_name", "created_at", "platform", "amount"])
    return frame.assign(event_id=[f"e{i}" for i in range(len(frame))], updated_at=START)


def test_a_table_of_events(tmp_path: Path):
    _, roles = look_at(tmp_path, events())
    assert (roles.user, roles.time, roles.event, roles.id) == (
        "user_id",
        "created_at",
        "event_name",
        "event_id",
    )
    assert (roles.dimensions, roles.money) == (("platform",), "amount")
    assert roles.milestones == {"signup": "注册", "view": "浏览商品", "purchase": "支付成功"}
    metrics = proposed(tmp_path, events())
    semantics = metrics.semantics
    assert (
        semantics.default_cohort_event,
        semantics.timezone,
        semantics.currency,
        semantics.relative_dates,
    ) == (
        "signup",
        "Asia/Shanghai",
        "CNY",
        "data_end",
    )
    wanted = {
        "dau",
        "d1_retention",
        "d7_retention",
        "buyers",
        "revenue",
        "purchase_conversion",
        "repurchase_rate",
    }
    assert wanted <= set(semantics.metrics)
    asked = {"start": "2026-03-02", "end": "2026-03-10"}
    values = {}
    for name in semantics.metrics:
        found = metrics.run("measure_metric", {"metric": name, **asked}, teams=None)
        values[name] = found.figures[0].value
    # Ten users who come back each day; all pay 9.5 on each of nine days.
    assert (values["dau"], values["d1_retention"], values["revenue"]) == (10, 1, 855)
    metrics.close()


def test_a_table_of_one_kind_of_event(tmp_path: Path):
    frame = pd.DataFrame(
        {
            "订单号": [1, 2, 3],
            "客户编号": ["c1", "c2", "c1"],
            "下单时间": ["2026/3/1 8:30", "2026/3/1 9:00", "2026/3/5 9:00"],
            "实付金额": [1, 2, 3.5],
        }
    )
    metrics = proposed(tmp_path, frame, language="zh")
    source = metrics.semantics.sources["data"]
    assert (source.user, source.time, source.event_name) == ("客户编号", "下单时间", "purchase")
    asked = {"metric": "revenue", "start": "2026-03-01", "end": "2026-03-05"}
    assert metrics.run("measure_metric", asked, teams=None).figures[0].value == 6.5
    assert "没有事件名列" in (tmp_path / "metrics.yaml").read_text(encoding="utf-8")
    metrics.close()


def lines(**other: list[Any]) -> pd.DataFrame:
    """Return three orders of two customers: the first of two lines a minute apart, and a return."""
    minutes = [0, 1, 24 * 60, 48 * 60]
    return pd.DataFrame(
        {
            "订单号": ["1", "1", "2", "R1"],
            "客户": ["a", "a", "b", "a"],
            "下单时间": [START + timedelta(minutes=m) for m in minutes],
            "数量": [2, 1, 3, -1],
            "单价": [5.0, 20.0, 4.0, 20.0],
        }
        | other
    )


def test_lines_of_one_order_count_once_and_returns_do_not(tmp_path: Path):
    _, roles = look_at(tmp_path, lines())
    assert (roles.id, roles.order, roles.where, roles.money) == ("订单号", None, {"数量": "> 0"}, None)
    metrics = proposed(tmp_path, lines())
    source = metrics.semantics.sources["data"]
    assert (source.id, source.where) == ("订单号", {"数量": "> 0"})
    asked = {"metric": "purchases", "start": "2026-03-02", "end": "2026-03-04"}
    # Four rows, less the return, and two of them one order.
    assert metrics.run("measure_metric", asked, teams=None).figures[0].value == 2
    text = (tmp_path / "metrics.yaml").read_text(encoding="utf-8")
    assert "like the lines of an order" in text
    assert "数量 is negative in 1 of 4 rows" in text
    metrics.close()


@pytest.mark.parametrize(
    "other",
    [
        {"客户": ["a", "b", "b", "a"]},  # Two customers share a number,
        {"下单时间": [START, START + timedelta(days=1), START, START]},  # or two days do,
        {"订单号": ["1", "2", "3", "4"]},  # or no rows.
    ],
)
def test_a_number_that_is_not_of_one_user_and_time_is_no_id(tmp_path: Path, other: dict[str, list[Any]]):
    assert look_at(tmp_path, lines(**other))[1].id is None


def test_lines_with_amounts_of_their_own_stay_apart(tmp_path: Path):
    frame = lines(金额=[10.0, 20.0, 12.0, -20.0])
    _, roles = look_at(tmp_path, frame)
    # An id would keep one of the amounts 10 and 20.
    assert (roles.id, roles.order, roles.money, roles.where) == (None, "订单号", "金额", {"数量": "> 0"})
    metrics = proposed(tmp_path, frame, language="zh")
    assert set(metrics.semantics.metrics) == {"mau", "buyers", "revenue"}
    assert "每单只留下一行的金额" in (tmp_path / "metrics.yaml").read_text(encoding="utf-8")
    metrics.close()
    # The total of the order, written on each of its lines, is not lost.
    assert look_at(tmp_path, lines(金额=[30.0, 30.0, 12.0, 20.0]))[1].id == "订单号"


def test_an_amount_below_zero_is_left_out_where_no_quantity_tells(tmp_path: Path):
    frame = lines(金额=[30.0, 30.0, 12.0, -20.0]).drop(columns="数量")
    assert look_at(tmp_path, frame)[1].where == {"金额": ">= 0"}
    named = frame.assign(event=["buy", "buy", "buy", "refund"])
    assert look_at(tmp_path, pd.concat([named] * 3))[1].where == {}
    assert look_at(tmp_path, lines(数量=[2, None, 3, -1]))[1].where == {}


def test_dates_that_do_not_tell_day_from_month_are_asked_about(tmp_path: Path):
    frame = pd.DataFrame({"user": ["a", "b"], "date": ["03/04/2026", "05/06/2026"]})
    metrics = proposed(tmp_path, frame)
    assert metrics.semantics.sources["data"].day_first is True
    assert metrics.coverage(teams=None).start.isoformat() == "2026-04-03"
    metrics.close()


@pytest.mark.parametrize(
    ("row", "export"),
    [
        (
            {"event": "View", "properties": {"time": 1_772_323_200, "distinct_id": "u", "$insert_id": "a"}},
            "mixpanel",
        ),
        (
            {
                "event_type": "open",
                "event_time": "2026-03-01 00:00:00",
                "amplitude_id": 11,
                "$insert_id": "a",
            },
            "amplitude",
        ),
        (
            {"event_name": "view", "event_timestamp": "1772323200000000", "user_pseudo_id": "1.2"},
            "ga4",
        ),
    ],
)
def test_raw_exports_are_known_by_their_columns(tmp_path: Path, row: dict[str, Any], export: str):
    path = tmp_path / "raw.jsonl"
    path.write_text("\n".join(json.dumps(row) for _ in range(3)))
    look = inspect_data(str(path))
    assert look.export == export
    draft = Draft("raw", "raw.jsonl", look, propose_roles(look))
    text = write_proposal([draft], timezone="UTC", currency="USD", language="en")
    assert load_semantics(text).sources["raw"].format == export


def test_several_sources_keep_their_metrics_apart(tmp_path: Path):
    drafts = []
    for name in ("app", "web"):
        look, roles = look_at(tmp_path, events(3), f"{name}.parquet")
        drafts.append(Draft(name, f"{name}.parquet", look, roles))
    text = write_proposal(drafts, timezone="UTC", currency="CNY", language="en")
    semantics = load_semantics(text)
    assert semantics.metrics["dau"].source == "app"
    assert semantics.metrics["web_dau"].source == "web"
    assert semantics.metric_text("dau").en == "daily active users"
    assert (semantics.metric_text("web_dau").zh, semantics.metric_text("web_dau").en) == (
        "web 日活跃用户数",
        "web daily active users",
    )


def test_a_table_without_rows(tmp_path: Path):
    (tmp_path / "e.csv").write_text("user,at\n")
    with pytest.raises(NoData, match="has no rows"):
        inspect_data(str(tmp_path / "e.csv"))


def test_the_payment_is_preferred_to_the_order():
    assert find_milestones(["order_create", "payment_success"])["purchase"] == "payment_success"
    assert find_milestones(["order_create"]) == {"purchase": "order_create"}
    assert find_milestones(["click"]) == {}


@given(
    names=st.lists(
        st.text(min_size=1, max_size=12).filter(lambda s: s.strip()), min_size=4, max_size=7, unique=True
    ),
    values=st.lists(st.text(max_size=10), min_size=2, max_size=4, unique=True),
    language=st.sampled_from(["zh", "en"]),
)
def test_any_names_give_a_file_that_is_read_back(names: list[str], values: list[str], language: str):
    counts = dict.fromkeys(values, 1)
    columns = {n: Column(n, "text", 0.5, len(values), counts) for n in names}
    columns[names[1]] = Column(names[1], "time", 1.0, 9, {}, has_zone=True)
    look = Inspection("x", 9, columns, None)
    roles = Roles(
        names[0], names[1], names[2], None, None, (names[3],), None, {"signup": values[0], "purchase": "买"}
    )
    text = write_proposal(
        [Draft(names[0], names[1], look, roles)], timezone="UTC", currency="CNY", language=language
    )
    [source] = load_semantics(text).sources.values()
    assert (source.user, source.time, source.event, source.path) == (names[0], names[1], names[2], names[1])


def test_a_person_goes_before_an_account_and_the_others_are_named(tmp_path: Path):
    frame = pd.DataFrame(
        {
            "account_id": ["a1", "a2"] * 10,
            "device_id": [f"d{i}" for i in range(20)],
            "user_id": [f"u{i % 7}" if i % 2 else None for i in range(20)],
            "event_time": [START + timedelta(hours=i) for i in range(20)],
        }
    )
    look, roles = look_at(tmp_path, frame)
    assert roles.user == "user_id"
    text = write_proposal([Draft("data", "d", look, roles)], timezone="UTC", currency="CNY", language="en")
    assert "it may also be account_id, device_id" in text


def test_a_dot_at_the_end_of_a_name_parts_nothing(tmp_path: Path):
    frame = pd.DataFrame({"Member No.": ["a", "b"], "when (UTC)": [START, START]})
    assert look_at(tmp_path, frame)[1].user == "Member No."


def test_an_amount_in_writing_is_money(tmp_path: Path):
    frame = pd.DataFrame(
        {
            "客户": ["a", "b", "a"],
            "下单时间": ["2026年3月5日 8:30", "2026年3月6日 9:00", "2026年3月7日 9:00"],
            "实付金额": ["¥1,234.50", "20", "-"],
        }
    )
    _, roles = look_at(tmp_path, frame)
    assert (roles.user, roles.time, roles.money) == ("客户", "下单时间", "实付金额")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        # GA4 writes microseconds as text; they are of 2024-03-04.
        (
            {"event_timestamp": "1709510400000000", "event_name": "view", "user_pseudo_id": "u"},
            ["times carry their zone", "relative_dates: data_end", "the newest event is of 2024-03-04"],
        ),
        # Amplitude's times are UTC though they do not say so; Mixpanel's are the project's clock.
        (
            {"event_time": "2024-03-04 10:00:00", "event_type": "view", "amplitude_id": 1},
            ["times carry their zone", "relative_dates: data_end"],
        ),
        (
            {"event": "view", "properties": {"time": 1709510400, "distinct_id": "u"}},
            ["times carry no zone", "relative_dates: data_end"],
        ),
    ],
)
def test_the_time_of_a_raw_export_is_read_as_its_format_says(
    tmp_path: Path, row: dict[str, Any], words: list[str]
):
    path = tmp_path / "export.jsonl"
    path.write_text(json.dumps(row) + "\n", encoding="utf-8")
    look = inspect_data(str(path))
    text = write_proposal(
        [Draft("e", "e", look, propose_roles(look))], timezone="UTC", currency="CNY", language="en"
    )
    assert [word for word in words if word not in text] == []
