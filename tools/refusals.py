"""What pydantic refuses, said in both languages."""

from collections.abc import Mapping
from typing import Any

_MESSAGES_ZH = {
    "missing": "缺少必填项",
    "string_type": "应为文字",
    "string_unicode": "含有无法识别的字符",
    "string_too_short": "至少 {min_length} 个字符",
    "string_too_long": "至多 {max_length} 个字符",
    "int_parsing": "应为整数",
    "int_type": "应为整数",
    "int_from_float": "应为整数",
    "int_parsing_size": "应为大小合理的整数",
    "finite_number": "应为有限的数字",
    "greater_than": "须大于 {gt}",
    "less_than": "须小于 {lt}",
    "greater_than_equal": "须不小于 {ge}",
    "less_than_equal": "须不大于 {le}",
    "float_type": "应为数字",
    "float_parsing": "应为数字",
    "tuple_type": "应为列表",
    "list_type": "应为列表",
    "literal_error": "应为 {expected}",
    "date_type": "应为 2026-03-01 这样的日期",
    "date_parsing": "应为 2026-03-01 这样的日期",
    "date_from_datetime_parsing": "应为 2026-03-01 这样的日期",
    "date_from_datetime_inexact": "应为 2026-03-01 这样的日期，不带时间",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "mapping_type": "应为键值表",
    "dict_type": "应为键值表",
    "model_type": "应为键值表",
    "model_attributes_type": "应为键值表",
    "too_short": "至少 {min_length} 项",
    "too_long": "至多 {max_length} 项",
    "string_pattern_mismatch": "格式不正确",
    "union_tag_not_found": "缺少 kind",
}
#: Where pydantic's own words are about its types rather than about the value.
_MESSAGES_EN = {
    "string_unicode": "it holds characters that cannot be read",
    "date_type": "give a day such as 2026-03-01",
    "date_parsing": "give a day such as 2026-03-01",
    "date_from_datetime_parsing": "give a day such as 2026-03-01",
    "date_from_datetime_inexact": "give a day such as 2026-03-01, without a time",
}


def describe_refusal(error: Mapping[str, Any]) -> tuple[str, str]:
    """Say what would be right, in English and in Chinese; a check of our own says both, as "en | zh"."""
    if error["type"] == "value_error":
        en, _, zh = str(error["ctx"]["error"]).partition(" | ")
        return en, zh or en
    message = _MESSAGES_EN.get(error["type"]) or str(error["msg"]).replace("valid tuple", "list").replace(
        "Tuple", "List"
    )
    known = _MESSAGES_ZH.get(error["type"])
    en = message[0].lower() + message[1:]
    return en, known.format(**_in_chinese(error.get("ctx", {}))) if known else en


def _in_chinese(details: Mapping[str, Any]) -> dict[str, Any]:
    """Write limits without a needless decimal, and the values to choose from as a Chinese list."""
    plain = {k: f"{v:g}" if isinstance(v, float) else v for k, v in details.items()}
    if "expected" in plain:
        plain["expected"] = plain["expected"].replace("'", "").replace(", ", "、").replace(" or ", " 或 ")
    return plain
