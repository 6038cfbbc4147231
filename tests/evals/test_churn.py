"""The sample company's churn, with the figures that the eval prints."""

from pathlib import Path

import pytest

from tests.evals.churn import measure_sample


def test_churn_of_the_sample_company_is_calibrated_and_beats_recency(tmp_path: Path) -> None:
    result = measure_sample(tmp_path)
    found = {f.name: f for f in result.figures}
    assert found["precision_at_k"].value == pytest.approx(0.663, abs=0.01)
    assert found["baseline_precision_at_k"].value == pytest.approx(0.505, abs=0.01)
    assert found["precision_gain"].interval[0] > 0.1
    assert found["brier"].value == pytest.approx(0.131, abs=0.002)
    assert found["brier"].value < found["baseline_brier"].value < found["constant_brier"].value
    assert found["calibration_error"].value < 0.04
    # Nothing is planted that knows the outcome.
    assert result.warnings == ()
