"""What is kept is made once, says what it said before, and does not grow without end."""

from tests.tools.conftest import Opener
from tests.tools.sources.test_user_days import EVENTS


def test_a_result_is_made_once_and_only_so_many_are_kept(open_workspace: Opener) -> None:
    source = open_workspace(EVENTS).metrics._sources.get("events")

    def late(second: int):
        return source.events.filter(source.events.day > second).select("user", "event")

    first = source.kept.table(late(0))
    assert source.kept.table(late(0)) is first  # the same question, put anew
    assert [len(source.engine.fetch(source.kept.table(late(n)))) for n in range(20)] == [5] * 20
    assert source.kept.table(late(19)).equals(late(19))
    assert source.kept.table(late(0)) is first


def test_segments_by_another_rule_or_day_are_others(open_workspace: Opener) -> None:
    # a visits on the 1st (twice) and the 2nd, b on the 2nd. Once as of 31 May: nobody; of 1 June: a; of 2 June: both.
    rows = [("a", "v", f"2026-06-0{d}") for d in (1, 1, 2)] + [("b", "v", "2026-06-02")]
    extra = "".join(f"\n  s{n}: {{rule: {{count: v, at_least: {n}}}, as_of: end}}" for n in (1, 2))
    workspace = open_workspace(rows, extra=f"segments:{extra}")

    def users(segment: str, day: int) -> float:
        asked = {"start": "2026-06-01", "end": f"2026-06-0{day}", "filters": {"segment": [segment]}}
        return workspace.values("measure_active_users", **asked)["active_users_latest"]

    assert [users("s1", 1), users("s1", 2), users("s2", 2), users("s1", 1)] == [1, 2, 1, 1]
