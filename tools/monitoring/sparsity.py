"""Series that are zero more often than not, of which the past tells hardly anything."""

from tools.monitoring.series import INTERVAL_TEXT, Series
from tools.results import Text

_MOSTLY = 0.5


def describe_zeros(series: Series) -> Text | None:
    """Say that a count or an amount is zero more often than not; None where it is not."""
    import numpy as np

    known = series.values[np.isfinite(series.values)]
    zeros, unit = int((known == 0).sum()), INTERVAL_TEXT[series.interval]
    if series.unit == "ratio" or zeros <= _MOSTLY * len(known):
        return None
    return Text(
        zh=f"该指标在已知的 {len(known)} {unit.zh}中有 {zeros} {unit.zh}为 0，过于稀疏，难以判断常态；请改用更粗的时间粒度，或放宽筛选。",
        en=f"This metric is zero in {zeros} of {len(known)} known {unit.en}s, too sparse to tell what is usual; use a coarser "
        "interval or wider filters.",
    )  # fmt: skip
