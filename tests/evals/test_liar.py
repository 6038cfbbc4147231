"""A small LiarModel: the wordings written last, on every third answer. The whole is `python -m tests.evals.liar`."""

from assistant.opening import open_metrics
from assistant.settings import Settings
from assistant.workspace import Workspace
from tests.evals.liar import answers_of, judge


def test_altered_figures_are_caught_and_honest_ones_shown(demo_workspace: Workspace) -> None:
    metrics = open_metrics(demo_workspace, Settings())
    assert metrics is not None
    score = judge(metrics, answers_of(metrics, demo_workspace.library, "later"), every=3)
    metrics.close()
    assert score.lies.total() >= 300
    assert score.recall >= 0.99, score.missed
    assert score.false_alarms <= 0.01, score.alarmed
    assert all(score.caught[kind] >= 0.9 * lies for kind, lies in score.lies.items()), score.missed
