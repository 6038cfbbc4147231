"""Numbers written in words: twenty-three, three quarters, 二十三, 百分之十二, 三成, 一半.

A small number in words is a figure only beside a unit; alone it is an article or a count of what the text lists, as
in "one of them" and 两个渠道. Which words are numbers is the reader's business (`numerals`); here they get their value.
"""

import re

_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SMALL = {word: value for value, word in enumerate(_ONES)} | {
    word: 10 * value for value, word in enumerate(_TENS, start=2)
}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_WORD = rf"(?:{'|'.join([*_TENS, *reversed(_ONES)])})"
_PARTS = {"half": 2, "halves": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "tenth": 10}

#: An English cardinal: twelve, twenty-three, two hundred and fifty thousand, a hundred, twelve point five.
ENGLISH = (
    rf"\b(?:{_WORD}(?:[ -]{_WORD})?|an?(?=[ ]hundred|[ ]thousand|[ ]million))"
    rf"(?:(?:[ ](?:hundred|thousand|million|billion)\b)+(?:[ ]and)?(?:[ ]{_WORD}(?:-{_WORD})?)?)*"
    rf"(?:[ ]point(?:[ ]{_WORD})+|[ ]and[ ]a[ ]half)?\b"
)
#: An English fraction: half, two thirds, three quarters of, one in five.
ENGLISH_PART = (
    r"\b(?:(?:a|one|two|three|four)[ -](?P<part>thirds?|quarters?|fourths?|fifths?|tenths?)\b"
    r"(?=\s(?:of|more|less|fewer|lower|higher|as)\b|\s*(?:[.,;)，。]|$))"
    r"|\b(?:two|three|four)[ -](?P<parts>thirds|fourths|fifths|tenths)\b"
    rf"|(?P<of>{_WORD}|\d+)[ ](?:in|out[ ]of)[ ](?:every[ ])?(?P<every>{_WORD}|\d+)\b(?=\s(?:of|(?:[a-z]+\s)?[a-z]+s\b|people|were\b|are\b)|\s?[(（])"
    rf"|(?P<of2>{_WORD})[ ][a-z]+[ ](?:in|out[ ]of)[ ](?P<every2>{_WORD}|a[ ]hundred)\b(?!\s(?:days?|weeks?|months?|hours?|years?)\b)"
    r"|(?<!and a )(?<!first )(?<!second )(?<!other )(?<!latter )(?<!last )(?<!next )(?<!each )half\b"
    r"(?![ -](?:an?|the (?:time|day|year|month|week|way|battle|job)|years?|days?|hours?|months?|weeks?|of (?:the )?(?:year|month|week|day)|time|way)\b))"
)
_DIGITS = "零〇一二两三四五六七八九"
#: Numerals as cheques have them, each as the plain one; and the sign of per cent of other scripts.
_FORMAL = "壹贰貳叁參肆伍陆陸柒捌玖拾佰仟"
_PLAIN = str.maketrans(_FORMAL + "萬億٪", "一二二三三四五六六七八九十百千万亿%")
_FORMALLY = re.compile(rf"[{_FORMAL}][{_FORMAL}万萬亿億]+|[{_FORMAL}](?=\s?[%％٪元])|٪")
#: Quantities that are round by themselves: a dozen, dozens of, 数百, 近百; half a point; Roman per cent.
VAGUE = re.compile(
    rf"(?i:\b(?:(?P<many>an?|one|{_WORD}|half a|several|\d+)[ ]dozen\b|(?P<dozens>dozens)(?=[ ]of)|(?P<score>a[ ]score)(?=[ ]of)))"
    r"|(?i:\b(?P<scale>hundreds|thousands|tens[ ]of[ ]thousands)(?=[ ]of\b))"
    r"|(?:[数几]|(?<![线以历史加路网身早晚])上)(?P<han>[十百千万])(?=[人名位个单笔条次元])|(?<=近)(?P<near>[百千])(?=[人名位个单笔条次元])"
    r"|(?P<twelve>一打)(?!开|听|造|折)|(?P<point>半个?百分点|\bhalf a (?:percentage )?point\b)"
    r"|\b(?P<roman>[IVXLC]{2,})\s?%"
)
#: A Chinese cardinal, with its decimals.
CHINESE = rf"[{_DIGITS}十廿卅百千万亿]+(?:点[{_DIGITS}]+)?"
#: A Chinese fraction: 三分之一, 百分之十二, 三成半, 一半.
CHINESE_PART = (
    rf"(?P<den>[{_DIGITS}十百千万]+)分之(?P<num>{CHINESE}|\d+(?:\.\d+)?)"
    rf"|(?P<tenths>[{_DIGITS}十]|\d(?:\.\d)?)\s?成(?P<more>[{_DIGITS}半]?)(?=[^功为员本交立果就绩熟长分]|$)"
    r"|每\s?(?P<base>\d+|[百千万十])\s?[个位名人笔单次件][^，。；,;\d]{0,14}?(?P<rate>\d+(?:\.\d+)?)\s?[个位名人笔单次件]"
    r"|(?<![下上大])一半(?!天|年)|半数|过半(?!百|年|天|月|个|小时|路|夜)|(?<=[近超逾])半(?![年天月日个小点夜路百千数])"
    r"|(?<![\d/.])(?P<top>\d{1,2})/(?P<bottom>\d{1,3})(?=\s?(?:of\b|的(?!日)))"
)


def make_plain(text: str) -> str:
    """Return a text with the numerals of cheques, and the sign of per cent of other scripts, as plain ones.

    >>> make_plain("玖拾柒％，伍万元，大陆的队伍")
    '九十七％，五万元，大陆的队伍'
    """
    return _FORMALLY.sub(lambda m: m[0].translate(_PLAIN), text)


def read_english(text: str) -> float:
    """Return the value of an English cardinal.

    >>> read_english("two hundred and fifty-three"), read_english("twelve point five")
    (253.0, 12.5)
    """
    if text.lower().endswith(" and a half"):
        return read_english(text[: -len(" and a half")]) + 0.5
    words, _, decimals = text.lower().replace("-", " ").partition(" point ")
    total = group = 0
    for word in words.split():
        if word in _SMALL:
            group += _SMALL[word]
        elif word in ("a", "an"):
            group = 1
        elif word == "hundred":
            group *= 100
        elif word in _SCALES:
            total, group = total + group * _SCALES[word], 0
    return float(f"{total + group}.{''.join(str(_SMALL[d] % 10) for d in decimals.split()) or '0'}")


def read_english_part(match: re.Match[str]) -> float:
    """Return an English fraction in percent."""
    if match["every"] or match["every2"]:
        parts = match.group("of", "every") if match["every"] else match.group("of2", "every2")
        of, every = (int(part) if part.isdigit() else _SMALL.get(part.lower(), 100) for part in parts)
        return 100 * of / every if every else 0.0
    if not match["part"] and not match["parts"]:
        return 50.0
    count = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4}[re.split(r"[ -]", match.group().lower())[0]]
    return 100 * count / _PARTS[(match["part"] or match["parts"]).lower().rstrip("s")]


def read_chinese(text: str) -> float | None:
    """Return the value of a Chinese cardinal, None where it is none.

    >>> read_chinese("二十三"), read_chinese("三十八点八"), read_chinese("一百一十九万"), read_chinese("千万")
    (23.0, 38.8, 1190000.0, None)
    """
    import cn2an

    if not text or text[0] in "百千万亿点":
        return None
    try:
        return float(
            cn2an.cn2an(
                text.replace("两", "二").replace("〇", "零").replace("廿", "二十").replace("卅", "三十"),
                "smart",
            )
        )
    except ValueError:
        return None


def read_chinese_part(match: re.Match[str]) -> tuple[float, float] | None:
    """Return a Chinese fraction in percent, with half of its last digit."""
    if match["den"]:
        parts = [
            float(p) if p[0].isdigit() and p.isascii() else read_chinese(p) for p in match.group("num", "den")
        ]
        if match["den"] == "百":
            parts[1] = 100.0
        parts[0] = 100.0 if match["num"] == "百" else parts[0]
        if None in parts or not parts[1]:
            return None
        decimals = len(re.split(r"[点.]", match["num"])[1]) if re.search(r"[点.]", match["num"]) else 0
        return 100 * parts[0] / parts[1], 0.5 * 10**-decimals if parts[1] == 100 else 2.5  # type: ignore[operator]
    if match["top"]:
        bottom = float(match["bottom"])
        return (100 * float(match["top"]) / bottom, 2.5) if bottom else None
    if match["base"]:
        base = (
            float(match["base"])
            if match["base"].isdigit()
            else {"十": 10, "百": 100, "千": 1e3, "万": 1e4}[match["base"]]
        )
        return (100 * float(match["rate"]) / base, 50 / base) if base else None
    if match["tenths"]:
        tenths = float(match["tenths"]) if match["tenths"].isascii() else read_chinese(match["tenths"])
        more = 5.0 if match["more"] == "半" else read_chinese(match["more"]) or 0.0
        return 10 * (tenths or 0.0) + more, 0.5 if match["more"] or "." in match["tenths"] else 5.0
    return 50.0, 5.0


def read_vague(match: re.Match[str]) -> tuple[float, float]:
    """Return a round quantity and how far it may be off."""
    if many := match["many"]:
        fixed = {"a": 1.0, "an": 1.0, "half a": 0.5, "several": 4.0}
        dozens = fixed.get(many.lower()) or (
            float(many) if many.isdigit() else float(_SMALL.get(many.lower(), 1))
        )
        return 12 * dozens, 12.0 if many == "several" else 0.5
    if match["near"]:
        value = {"百": 100.0, "千": 1_000.0}[match["near"]]
        return 0.95 * value, 0.05 * value
    if match["roman"]:
        return float(_read_roman(match["roman"])), 0.5
    if match["point"]:
        return 0.5, 0.05
    if match["score"] or match["twelve"]:
        return (20.0, 0.5) if match["score"] else (12.0, 0.5)
    scales = {
        "hundreds": 100,
        "thousands": 1_000,
        "tens of thousands": 10_000,
        "十": 10,
        "百": 100,
        "千": 1_000,
        "万": 10_000,
    }
    unit = 10 if match["dozens"] else scales[(match["scale"] or match["han"]).lower()]
    return 5.5 * unit, 4.5 * unit


def _read_roman(text: str) -> int:
    values = [{"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}[letter] for letter in text]
    return sum(-one if one < behind else one for one, behind in zip(values, [*values[1:], 0], strict=True))
