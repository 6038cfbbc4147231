"""Growth accounting, by the published case and by hand."""

from tests.tools.conftest import Opener

STATES = ("new", "returning", "resurrected", "dormant")


def test_one_user_over_eleven_days(open_workspace: Opener):
    # Active on days 9, 11, 12, 13, 15, 17, 18, 19 (PostHog's lifecycle example).
    rows = [(1, "visit", f"2026-01-{d:02} 12:00") for d in (9, 11, 12, 13, 15, 17, 18, 19)]
    table = (
        open_workspace(rows)
        .run("measure_growth_accounting", start="2026-01-09", end="2026-01-19", interval="day")
        .table
    )
    days = {s: [int(p[-2:]) for p in table.loc[table[s] > 0, "period"]] for s in STATES}
    assert days == {
        "new": [9],
        "returning": [12, 13, 18, 19],
        "resurrected": [11, 15, 17],
        "dormant": [10, 14, 16],
    }
    assert table[list(STATES)].max().max() == 1


def test_history_before_the_period_decides_who_is_new(open_workspace: Opener):
    # Weeks from Monday: 1 is active in weeks of 5 and 12 January, 2 from 12 on, 3 in weeks of 29 December and 12.
    rows = [
        (1, "v", "2026-01-05"),
        (1, "v", "2026-01-14"),
        (2, "v", "2026-01-13"),
        (3, "v", "2025-12-29"),
        (3, "v", "2026-01-18"),
        (4, "v", "2026-01-11"),
    ]
    values = open_workspace(rows).values(
        "measure_growth_accounting", start="2026-01-12", end="2026-01-18", interval="week"
    )
    # 1 returns, 2 is new, 3 is resurrected, 4 went dormant: quick ratio (1 + 1) / 1.
    assert [values[s] for s in STATES] == [1, 1, 1, 1]
    assert values["quick_ratio"] == 2.0
    assert values["net_change"] == 1


def test_quick_ratio_without_dormant_users_is_null(open_workspace: Opener):
    values = open_workspace([(1, "v", "2026-01-05")]).values(
        "measure_growth_accounting", start="2026-01-05", end="2026-01-05", interval="day"
    )
    assert values["quick_ratio"] is None
    assert values["new"] == 1


def test_a_week_that_the_data_ends_in_is_in_the_table_but_in_no_figure(open_workspace: Opener):
    # Weeks of 5, 12 and 19 January; the data ends on Monday the 19th.
    #   5th: 1, 2 and 3 are new;  12th: 1 and 2 return, 4 is new, 3 falls silent;  19th: only 1 so far.
    # Of the first two weeks: new 3 + 1 = 4, dormant 1, quick ratio 4. With the third, dormant would be 1 + 2 (2, 4).
    active = {1: (5, 12, 19), 2: (5, 12), 3: (5,), 4: (12,)}
    rows = [(u, "v", f"2026-01-{d:02}T10:00") for u, days in active.items() for d in days]
    opened = open_workspace([*rows, (1, "v", "2026-01-18T10:00")])
    result = opened.run("measure_growth_accounting", start="2026-01-05", end="2026-01-19")
    assert result.table["complete"].tolist() == [True, True, False]
    values = {f.name: f.value for f in result.figures}
    assert (values["new"], values["dormant"], values["quick_ratio"], values["net_change"]) == (4, 1, 4.0, 3)


def test_months_add_up(open_workspace: Opener):
    rows = [(u, "v", f"2026-{m:02}-15") for u in range(12) for m in range(1, 7) if (u * m) % 4 != 1]
    table = (
        open_workspace(rows)
        .run("measure_growth_accounting", start="2026-01-01", end="2026-06-30", interval="month")
        .table
    )
    opening = table["active"].shift(fill_value=0)
    assert (opening + table["new"] + table["resurrected"] - table["dormant"] == table["active"]).all()
    assert table["period"].tolist() == [f"2026-0{m}" for m in range(1, 7)]
    assert not table["complete"].iloc[-1]


def test_the_account_of_each_week_is_in_the_table(open_workspace: Opener):
    # Weeks of 5, 12, 19 and 26 January. Active: 1 in all but that of the 19th, 2 in the first two, 3 in that of the
    # 19th, 4 from the 12th on. Opening + new + resurrected - dormant = active:
    #   5th:  0 + 2 (1, 2) + 0 - 0 = 2;   12th: 2 + 1 (4) + 0 - 0 = 3;
    #   19th: 3 + 1 (3) + 0 - 2 (1, 2) = 2 (3, 4);   26th: 2 + 0 + 1 (1) - 1 (3) = 2 (1, 4).
    active = {1: (5, 12, 26), 2: (5, 12), 3: (19,), 4: (12, 19, 26)}
    rows = [(u, "v", f"2026-01-{d:02}") for u, days in active.items() for d in days]
    result = open_workspace(rows).run("measure_growth_accounting", start="2026-01-05", end="2026-01-26")
    columns = ["opening", "new", "returning", "resurrected", "dormant", "active"]
    assert result.table[columns].to_numpy().tolist() == [
        [0, 2, 0, 0, 0, 2],
        [2, 1, 2, 0, 0, 3],
        [3, 1, 1, 0, 2, 2],
        [2, 0, 1, 1, 1, 2],
    ]
    # Quick ratio of the 19th: (1 + 0) / 2; of the 26th: (0 + 1) / 1. The data ends on Monday the 26th, so the figures
    # are of the three weeks before: (2 + 1 + 1) / 2.
    assert result.table["quick_ratio"].tolist()[2:] == [0.5, 1.0]
    assert result.figures[0].value == 2.0
    assert result.figures[0].period == "2026-01-05/2026-01-25"
    assert any("all users of its first bucket count as new" in w.en for w in result.warnings)


def test_the_opening_of_the_first_bucket_comes_from_before_the_period(open_workspace: Opener):
    # User 1 is active on the 1st, 2nd and 3rd, user 2 on the 1st alone. Asked from the 2nd: opening 2, dormant 1.
    rows = [(1, "v", f"2026-01-0{d}") for d in (1, 2, 3)] + [(2, "v", "2026-01-01")]
    result = open_workspace(rows).run(
        "measure_growth_accounting", start="2026-01-02", end="2026-01-03", interval="day"
    )
    assert result.table[["opening", "dormant", "active"]].to_numpy().tolist() == [[2, 1, 1], [1, 0, 1]]
    assert not any("begins" in w.en for w in result.warnings)


def test_segments_hold_the_value_at_the_first_activity(open_workspace: Opener):
    # User 1 comes through x on day 1 and y on day 2; user 2 through y on day 2. By the first value, x is 1 new, then
    # 1 returning; y is 1 new on day 2. Counted as of the day, user 1 would vanish from x and be new in y.
    rows = [(1, "v", "2026-01-01", "x"), (1, "v", "2026-01-02", "y"), (2, "v", "2026-01-02", "y")]
    workspace = open_workspace(rows, extra="dimensions: {channel: {column: channel}}")
    period = {"start": "2026-01-01", "end": "2026-01-02", "interval": "day"}
    result = workspace.run("measure_growth_accounting", breakdown="channel", **period)
    table = result.table.set_index(["segment", "period"])
    assert table.loc["x", ["new", "returning", "dormant"]].to_numpy().tolist() == [[1, 0, 0], [0, 1, 0]]
    assert table.loc["y", ["new", "returning", "dormant"]].to_numpy().tolist() == [[0, 0, 0], [1, 0, 0]]
    assert {f.segment for f in result.figures} == {"channel=x", "channel=y"}
    # A filter keeps the events instead: through y, both are new on day 2.
    filtered = workspace.values("measure_growth_accounting", filters={"channel": "y"}, **period)
    assert filtered["new"] == 2


def test_an_event_without_users_in_the_period_gives_zeros(open_workspace: Opener):
    rows = [(1, "v", "2026-01-01", "x"), (1, "w", "2026-01-05", "x")]
    workspace = open_workspace(rows, extra="dimensions: {channel: {column: channel}}")
    asked = {"start": "2026-01-03", "end": "2026-01-04", "interval": "day", "event": "v"}
    assert workspace.values("measure_growth_accounting", **asked)["net_change"] == 0
    split = workspace.run("measure_growth_accounting", breakdown="channel", **asked)
    assert split.table.empty
    assert split.figures == ()


def test_a_period_that_begins_before_the_data_has_the_buckets_of_the_data(open_workspace: Opener):
    # The data spans 1 to 3 March: of three centuries, three days.
    rows = [(1, "v", "2026-03-01"), (1, "v", "2026-03-03")]
    table = (
        open_workspace(rows)
        .run("measure_growth_accounting", start="1900-01-01", end="2199-12-31", interval="day")
        .table
    )
    assert table[["new", "returning", "resurrected", "dormant"]].to_numpy().tolist() == [
        [1, 0, 0, 0],
        [0, 0, 0, 1],
        [0, 0, 1, 0],
    ]


def test_a_segment_that_only_fell_silent_is_in_the_account(open_workspace: Opener):
    # On the 2nd nobody of y is active, but 2, of y, was on the 1st: y opens with 1, loses 1 and closes with 0. The
    # segments add up to the whole: 2 + 0 + 0 - 1 = 1.
    rows = [(1, "v", "2026-03-01", "x"), (2, "v", "2026-03-01", "y"), (1, "v", "2026-03-02", "x")]
    workspace = open_workspace(rows, extra="dimensions: {channel: {column: channel}}")
    asked = {"start": "2026-03-02", "end": "2026-03-02", "interval": "day", "breakdown": "channel"}
    table = workspace.run("measure_growth_accounting", **asked).table.set_index("segment")
    assert table[["opening", "dormant", "active"]].to_dict("index") == {
        "x": {"opening": 1, "dormant": 0, "active": 1},
        "y": {"opening": 1, "dormant": 1, "active": 0},
    }
