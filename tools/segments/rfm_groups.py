"""The named groups of RFM: ten on the grid of recency by frequency and value, or eight of high and low."""

from tools.results import Text

GRID = {
    "champions": Text("冠军客户", "champions"),
    "loyal": Text("忠诚客户", "loyal"),
    "potential_loyalists": Text("潜力忠诚客户", "potential loyalists"),
    "new": Text("新客户", "new"),
    "promising": Text("有望客户", "promising"),
    "need_attention": Text("需关注客户", "need attention"),
    "about_to_sleep": Text("即将沉睡客户", "about to sleep"),
    "cannot_lose": Text("不能流失客户", "cannot lose"),
    "at_risk": Text("有流失风险客户", "at risk"),
    "hibernating": Text("沉睡客户", "hibernating"),
}
_GRID_ROWS = {
    1: ("hibernating", "hibernating", "at_risk", "at_risk", "cannot_lose"),
    2: ("hibernating", "hibernating", "at_risk", "at_risk", "cannot_lose"),
    3: ("about_to_sleep", "about_to_sleep", "need_attention", "loyal", "loyal"),
    4: ("promising", "potential_loyalists", "potential_loyalists", "loyal", "loyal"),
    5: ("new", "potential_loyalists", "potential_loyalists", "champions", "champions"),
}
EIGHT = {
    "important_value": Text("重要价值客户", "important, to value"),
    "important_develop": Text("重要发展客户", "important, to develop"),
    "important_keep": Text("重要保持客户", "important, to keep"),
    "important_win_back": Text("重要挽留客户", "important, to win back"),
    "general_value": Text("一般价值客户", "general, to value"),
    "general_develop": Text("一般发展客户", "general, to develop"),
    "general_keep": Text("一般保持客户", "general, to keep"),
    "general_win_back": Text("一般挽留客户", "general, to win back"),
}
_EIGHT_KINDS = {
    (True, True): "value",
    (True, False): "develop",
    (False, True): "keep",
    (False, False): "win_back",
}


def name_group(naming: str, high: int, r: int, f: int, m: int) -> str:
    """Name the group of a triple of scores; m is 0 where there is no monetary value."""
    if naming == "grid":
        return _GRID_ROWS[r][(f + m + 1) // 2 - 1 if m else f - 1]
    important = (m or f) >= high
    return f"{'important' if important else 'general'}_{_EIGHT_KINDS[r >= high, f >= high]}"


def naming_text(naming: str, high: int, *, valued: bool) -> Text:
    """Say how scores become groups."""
    if naming == "eight":
        basis = "M" if valued else "F"
        return Text(
            f"得分 ≥ {high} 为高；{basis} 高为“重要”否则“一般”；R 高 F 高价值、R 高 F 低发展、R 低 F 高保持、R 低 F 低挽留",
            f"a score of {high} or more is high; important if {basis} is high, else general; R and F high: value, "
            "R only: develop, F only: keep, neither: win back",
        )
    across = (" F、M 的均值（进位）", "the mean of F and M, rounded up")
    if not valued:
        across = (" F", "F")
    rows = "; ".join(
        f"R{r}: {', '.join(GRID[g].en for g in groups)}" for r, groups in reversed(_GRID_ROWS.items())
    )
    rows_zh = "；".join(
        f"R{r}：{'、'.join(GRID[g].zh for g in groups)}" for r, groups in reversed(_GRID_ROWS.items())
    )
    return Text(f"按 R 与{across[0]}（1 至 5）：{rows_zh}", f"by R and {across[1]} (1 to 5): {rows}")
