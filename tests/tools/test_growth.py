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
