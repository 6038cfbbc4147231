"""Which column of a list of demands is what, by the names that exports and teams give them.

Sources of the names:
    Jira: headers of CSV exports ("Export Excel CSV, all fields") of Jira Software and Jira Product Discovery, in English
        ("Issue key", "Custom field (Story Points)") and Chinese ("问题关键字", "自定义字段(Story Points)"). A column stands
        once for each of its values, so names repeat.
    PingCode: work items and the ideas of Ship, by the attributes of the open API (identifier, title, state, story_points,
        estimated_workload) and what the product calls them in Chinese (编号、标题、状态、故事点、预估工时).
    Worktile: tasks, by the attributes of the open API (identifier, title, state) and what the product calls them.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

NAMES: Mapping[str, tuple[str, ...]] = {
    "id": (
        "issue key", "key", "问题关键字", "关键字", "identifier", "编号", "需求编号", "工作项编号", "任务编号", "标识号",
        "demand id", "id", "issue id", "问题 id",
    ),
    "title": ("summary", "概要", "摘要", "title", "标题", "需求标题", "任务标题", "任务名称", "demand", "需求", "需求名称", "name", "名称"),
    "title_en": ("title en", "summary en", "英文标题"),
    "status": ("status category", "状态类别", "状态分类", "status", "状态", "state", "需求状态", "任务状态"),
    "reach": (
        "reach", "触达", "触达人数", "触达用户数", "覆盖", "覆盖面", "覆盖度", "覆盖人数", "覆盖用户数", "影响人数", "影响用户数",
        "affected users", "users affected",
    ),
    "impact": (
        "impact", "影响", "影响力", "影响度", "影响程度", "impact score", "value", "价值", "需求价值", "业务价值", "business value",
    ),
    "confidence": ("confidence", "信心", "信心度", "信心值", "信心指数", "置信度", "把握"),
    "ease": ("ease", "ease of implementation", "易实现度", "容易程度", "实现容易度", "简易度"),
    "effort": (
        "effort", "投入", "投入成本", "工作量", "开发工作量", "人月", "人天", "人日", "person months", "person days",
        "story points", "story point estimate", "故事点", "故事点数", "预估工时", "估算工时", "estimated workload",
        "original estimate", "原始估算", "初始预估", "预计工时",
    ),
    "votes": ("votes", "投票", "投票数", "票数", "支持数", "点赞数", "insights", "洞察"),
    "audience": ("audience", "受众", "目标人群", "目标用户", "segment"),
    "about": ("about", "用户说法", "反馈关键词"),
}  # fmt: skip
_CUSTOM = re.compile(r"^(?:custom field|自定义字段)\s*\((.+)\)$")
_UNIT = re.compile(r"\s*\([^()]*\)$")
_REPEATED = re.compile(r"_\d+$")


def find_columns(rows: "pd.DataFrame", declared: Mapping[str, str | None]) -> dict[str, str]:
    """Find the column of each field of a demand: the declared one, else the first known name with a value in it.

    >>> import pandas as pd
    >>> list(find_columns(pd.DataFrame([["A-1", None, "5"]], columns=["Issue key", "Custom field (Effort)",
    ...     "Custom field (Story Points)"]), {}).items())
    [('id', 'Issue key'), ('effort', 'Custom field (Story Points)')]
    """
    known = [(c, plain_name(c)) for c in map(str, rows.columns)]
    found: dict[str, str] = {}
    for field, names in NAMES.items():
        column = declared.get(field) or _first_filled(rows, [c for n in names for c, p in known if p == n])
        if column is not None:
            found[field] = column
    return found


def plain_name(column: str) -> str:
    """Take from a column's name what an export wraps it in.

    >>> plain_name("自定义字段（Story Points）"), plain_name("Effort (person-weeks)"), plain_name("Custom field (Impact)_1")
    ('story points', 'effort', 'impact')
    """
    name = unicodedata.normalize("NFKC", column).strip().casefold()
    name = _REPEATED.sub("", name)
    custom = _CUSTOM.match(name)
    name = custom[1] if custom else name
    return _UNIT.sub("", name).replace("_", " ").replace("-", " ").strip(" *")


def _first_filled(rows: "pd.DataFrame", columns: Sequence[str]) -> str | None:
    filled = (c for c in columns if rows[c].notna().any())
    return next(filled, columns[0] if columns else None)
