"""Of weeks to which nothing happened, few are called beyond noise."""

from pathlib import Path

from tests.evals.false_alarms import NOMINAL, count_alarms, open_company


def test_few_weeks_without_a_story_are_called_beyond_noise(tmp_path: Path):
    metrics = open_company(tmp_path / "company", seed=1)
    found = [count_alarms(metrics, name) for name in ("payment_success_rate", "aov")]
    metrics.close()
    weeks, beyond = sum(a.weeks for a in found), sum(a.beyond for a in found)
    assert weeks == 48
    # 5 % plus three standard errors of it.
    assert beyond / weeks <= NOMINAL + 3 * (NOMINAL * (1 - NOMINAL) / weeks) ** 0.5
