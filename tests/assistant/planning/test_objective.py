"""An objective's numbers: level, change, budget, deadline and guardrails, each taken for what it is."""

from datetime import date
from typing import Any

import pytest

from assistant.analyst.vocabulary import Vocabulary
from assistant.planning.deadline import find_deadline
from assistant.planning.objective import Objective, moved_metric, read_objective
from assistant.workspace import Workspace
from tools.metric_figures import metric_unit
from tools.semantics import Semantics, load_semantics

_TODAY = date(2026, 9, 27)


@pytest.fixture(scope="module")
def semantics(demo_workspace: Workspace) -> Semantics:
    return load_semantics(demo_workspace.metrics_file)


def read(text: str, semantics: Semantics) -> tuple[str | None, Objective]:
    mentions = Vocabulary(semantics).find(text)
    name = moved_metric(text, mentions) or "d1_retention"
    metric = semantics.metrics[name]
    objective = read_objective(
        text, metric=name, unit=metric_unit(semantics, metric), good=metric.good, mentions=mentions,
        deadline=find_deadline(text, _TODAY),
    )  # fmt: skip
    return name, objective


@pytest.mark.parametrize(
    ("text", "metric", "wanted"),
    [
        ("6周内把次日留存从38%提升到45%，预算 2 万元", "d1_retention", {"levels": [0.45], "budgets": [20_000], "by": date(2026, 11, 8)}),
        ("把日活提升到2600，预算 2 万元", "dau", {"levels": [2600], "budgets": [20_000]}),
        ("花费不超过 2 万元，把日活做到 2,600", "dau", {"levels": [2600], "budgets": [20_000]}),
        ("把GMV提到20万，6周内", "gmv", {"levels": [200_000], "by": date(2026, 11, 8)}),
        ("把GMV提升到 20 万元，预算2万", "gmv", {"levels": [200_000], "budgets": [20_000]}),
        ("把次日留存提升到45%，退款率不超过5%", "d1_retention", {"levels": [0.45]}),
        ("在退款率不超过5%的前提下，把次日留存提升到45%", "d1_retention", {"levels": [0.45]}),
        ("把日活提升到2600，客单价不低于50元", "dau", {"levels": [2600]}),
        ("Lift day-1 retention by 3 percentage points", "d1_retention", {"changes": [0.03]}),
        ("把次日留存提升3个百分点", "d1_retention", {"changes": [0.03]}),
        ("把GMV提升10%", "gmv", {"relative": [0.1]}),
        ("Raise GMV by 10%", "gmv", {"relative": [0.1]}),
        ("把次日留存提升10%", "d1_retention", {"relative": [0.1], "changes": [0.1]}),
        ("把退款率降低1个百分点", "refund_rate", {"changes": [-0.01]}),
        ("把退款率控制在 4% 以内", "refund_rate", {"levels": [0.04]}),
        ("每周多 200 单：订单提升200", "orders", {"changes": [200]}),
        ("Lift orders to 2,000 with a budget of 20,000 yuan before 30 November", "orders", {"levels": [2000], "budgets": [20_000], "by": date(2026, 11, 30)}),
        ("Lift day-1 retention to 45% while the refund rate stays under 5%, at most 20,000 yuan, within six weeks", "d1_retention", {"levels": [0.45], "budgets": [20_000], "by": date(2026, 11, 8)}),
        ("Win day-1 retention back from 38% to 45% by 2026-12-31", "d1_retention", {"levels": [0.45], "by": date(2026, 12, 31)}),
        ("把 7 日留存提升到 20%", "d7_retention", {"levels": [0.2]}),
        ("30 日复购率 43%", "repurchase_rate", {"levels": [0.43]}),
        ("用 3 个打法把次日留存拉回来", "d1_retention", {}),
        ("把次日留存提升到45%或48%", "d1_retention", {"levels": [0.45]}),
        ("把次日留存提升到45%，或提升到48%", "d1_retention", {"levels": [0.45, 0.48]}),
    ],
)  # fmt: skip
def test_each_number_is_taken_for_what_it_is(
    text: str, metric: str, wanted: dict[str, Any], semantics: Semantics
) -> None:
    name, objective = read(text, semantics)
    assert name == metric
    for field in ("levels", "changes", "relative", "budgets"):
        assert getattr(objective, field) == pytest.approx(wanted.get(field, [])), field
    assert objective.by == wanted.get("by")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("11月30日前", date(2026, 11, 30)),
        ("把日活提升到2600，11月底前", date(2026, 11, 30)),
        ("12月前完成", date(2026, 11, 30)),
        ("年底前", date(2026, 12, 31)),
        ("今年内", date(2026, 12, 31)),
        ("by the end of November", date(2026, 11, 30)),
        ("before December", date(2026, 11, 30)),
        ("by Q4", date(2026, 12, 31)),
        ("两周内", date(2026, 10, 11)),
        ("within 10 days", date(2026, 10, 7)),
        ("by 3 points before 30 November", date(2026, 11, 30)),
        ("by 31 August", date(2027, 8, 31)),
        ("恢复到8月之前的水平", None),
        ("上周掉了", None),
        ("目前偏低", None),
    ],
)
def test_a_deadline_lies_ahead(text: str, day: date | None) -> None:
    found = find_deadline(text, _TODAY)
    assert (found.day if found else None) == day
