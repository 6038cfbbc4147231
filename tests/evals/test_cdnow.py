"""The published estimates of CDNOW, from the data as `lifetimes` ships it."""

from tests.evals.cdnow import PUBLISHED, agrees, estimate, read_sample, shipped_folder


def test_estimates_of_cdnow_are_the_published_ones() -> None:
    found, result, _ = estimate(read_sample(shipped_folder()))
    assert {
        name: round(found[name], 6) for name in PUBLISHED if not agrees(found[name], PUBLISHED[name])
    } == {}
    # The tool estimates from whole days what the 2,357 customers buy in the next 39 weeks (.7985 were bought).
    expected = next(f for f in result.figures if f.name == "expected_purchases")
    assert expected.n == 2357
    assert round(expected.value or 0, 2) == 0.70
