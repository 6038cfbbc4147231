"""What has digits and states no figure: citation markers, list numbers, ordinals, versions, names such as D1 or A/B2."""

import re

#: What makes digits a numeral even at the end of a name.
UNIT_BEHIND = r"\s?(?:[%％万亿倍]|个?百分点|pps?\b)"
#: A place in a list or under headings.
_PLACE = r"(?:[12]?\d|30)"
#: Words that are no name with the digits right behind them: DAU48, approx.73.
_NO_NAME = (
    "CNY|RMB|USD|EUR|GBP|HKD|JPY|GMV|[DWM]AU|is|was|are|were|at|of|to|by|in|on|about|approx|ca|c|circa|around|over|under|"
    "nearly|almost|only|just|hit|reached|rose|fell"
)
NO_FIGURE = re.compile(
    r"\[E?\d+\]"  # markers
    rf"|^[ \t>]*(?:#+\s*)?(?:[-*+]\s+)?(?:{_PLACE}[.)、）．](?=\s|[^\d\s])|[(（]{_PLACE}[)）])"  # list and heading numbers
    r"|https?://\S+"
    r"|(?<![\d.])\d+\.\d+\.\d+(?:\.\d+)*(?![\d%])"  # versions
    # names with digits: D1, day-1, v5.2, d7_retention; a unit behind them makes them numerals
    rf"|(?<![A-Za-z0-9_])(?>(?!(?:{_NO_NAME})[ ._/-]?\d)_*[A-Za-z](?:[A-Za-z_./-]*[A-Za-z_])?(?<![A-Za-z]{{8}})-?"
    r"\d{1,3}(?!\d|,\d{3}|\.\d{3})(?:[A-Za-z_.-][A-Za-z0-9_.-]*)?)"
    rf"(?!{UNIT_BEHIND})"
    r"|第\s?(?:\d{1,3}(?!\d)(?:\s?[→–~-]\s?\d+)?|[零一二三四五六七八九十百]+)|(?:\bNo\.|#)\s?\d{1,3}(?!\d)"  # ordinals
    r"|(?<!previous )(?<!prior )(?<!last )(?<!this )(?<!per )(?<!next )"
    r"\b(?:(?:step|section|chapter|version|release)[ -]\d{1,2}(?:\.\d+)*|(?:day|week|option)[ -]\d{1,2}|(?:stage|phase|tier|level)[ -]\d)"
    r"(?:\s?(?:to|[→–-])\s?\d{1,2})?(?![\d%]|[.,]\d|\s?(?:%|pp|percent))"
    r"|(?:步骤|方案|附录|版本)\s?\d{1,2}(?:\.\d+)*(?![\d%])"
    r"|每[^\d，。]{0,4}1\s?[元块人单次天个]"  # for each yuan
    r"|(?:含|跨过?|\b(?:includ|exclud|contain|cross)\w*)\s*(?:0|zero)(?![.,]?\d)"  # an interval that includes 0
    r"|(?<!\d)\d{1,3}(?:st|nd|rd|th)\b|(?<![\d.])\d{1,4}(?:\.\d+)*\s*(?=版本?(?!权))",
    re.MULTILINE | re.IGNORECASE,
)
