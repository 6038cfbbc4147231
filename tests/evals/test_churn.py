"""Churn of a public set and of the sample company, with the figures that the eval prints."""

from pathlib import Path

import pytest

from tests.evals.churn import measure_cdnow, measure_sample


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


def test_churn_of_cdnow_is_calibrated_and_beats_recency(tmp_path: Path) -> None:
    result = measure_cdnow(tmp_path)
    found = {f.name: f for f in result.figures}
    # Of the 4,855 customers judged, 48 % bought nothing in the 126 days that the model had not seen.
    assert found["churn_rate"].value == pytest.approx(0.482, abs=0.001)
    assert found["precision_at_k"].value == pytest.approx(0.761, abs=0.01)
    assert found["baseline_precision_at_k"].value == pytest.approx(0.611, abs=0.01)
    assert found["precision_gain"].interval[0] > 0.05
    assert found["auc"].value > found["baseline_auc"].value + 0.08
    assert found["brier"].value == pytest.approx(0.214, abs=0.002)
    assert found["brier"].value < found["constant_brier"].value < found["baseline_brier"].value
    assert found["calibration_error"].value < 0.05
    bands = result.table
    assert len(bands) == 10
    assert bands["users"].sum() == found["churn_rate"].n == 4855
    assert bands["observed"].corr(bands["predicted"]) > 0.97
