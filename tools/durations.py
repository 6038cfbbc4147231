"""Lengths of time as people write them: 30m, 24h, 7d."""

import re
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import Field

from tools.errors import InvalidArgument, show
from tools.results import Text

Window = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,3}(m|h|d)$")]

_UNITS = {"m": Text("分钟", "minute"), "h": Text("小时", "hour"), "d": Text("天", "day")}


def write_window(window: str) -> Text:
    """Write a length of time for people.

    >>> write_window("1d").en, write_window("24h").zh
    ('1 day', '24 小时')
    """
    count, unit = window[:-1], _UNITS[window[-1]]
    return Text(f"{count} {unit.zh}", f"{count} {unit.en}{'' if count == '1' else 's'}")


def window_check(parameter: str) -> Callable[[Any], Any]:
    """Make a check of a length of time such as 7d, which refuses others in both languages."""

    def check(value: Any) -> Any:
        if isinstance(value, str) and re.fullmatch(r"[1-9][0-9]{0,3}[mhd]", value):
            return value
        raise InvalidArgument(
            en=f"{parameter} cannot be {show(value)}: give a whole number from 1 to 9999 and m, h or d, as in 30m, "
            "24h or 7d.",
            zh=f"{parameter} 不能是 {show(value)}：请写 1 到 9999 的整数加 m、h 或 d，例如 30m、24h、7d。",
            parameter=parameter,
        )

    return check
