"""Numbers written in words: twenty-three, three quarters, 二十三, 百分之十二, 三成, 一半.

A small number in words is a figure only beside a unit; alone it is an article or a count of what the text lists, as
in "one of them" and 两个渠道. Which words are numbers is the reader's business (`numerals`); here they get their value.
"""

import re
from math import inf

from assistant.ledger.units import NumeralKind

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
_PARTS = {
    "half": 2,
    "halves": 2,
    "third": 3,
    "quarter": 4,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "eighth": 8,
    "tenth": 10,
}


def ascii_words(pattern: str) -> str:
    """Return a pattern whose words may stand right beside Chinese ones: 为twelve percent."""
    return pattern.replace(r"\b", r"(?a:\b)")


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
    r"|\b(?:two|three|four|five|six|seven|eight|nine)[ -](?P<parts>thirds|fourths|fifths|sixths|eighths|tenths)\b"
    rf"|(?P<of>{_WORD}|\d+)[ ](?:in|out[ ]of)[ ](?:every[ ])?(?P<every>{_WORD}|\d+)\b(?=\s(?:of|(?:[a-z]+\s)?[a-z]+s\b|people|were\b|are\b)|\s?[(（])"
    rf"|(?P<of2>{_WORD})[ ][a-z]+[ ](?:in|out[ ]of)[ ](?P<every2>{_WORD}|a[ ]hundred)\b(?!\s(?:days?|weeks?|months?|hours?|years?)\b)"
    r"|(?<!and a )(?<!first )(?<!second )(?<!other )(?<!latter )(?<!last )(?<!next )(?<!each )half\b"
    r"(?![ -](?:an?|the (?:time|day|year|month|week|way|battle|job)|years?|days?|hours?|months?|weeks?|of (?:the )?(?:year|month|week|day)|time|way)\b))"
)
_DIGITS = "零〇一二两三四五六七八九"
_TIMES = {"": 1.0, "十": 10.0, "百": 100.0, "千": 1e3, "万": 1e4, "亿": 1e8}
#: Numerals as cheques have them, each as the plain one; and the sign of per cent of other scripts.
_FORMAL = "壹贰貳叁參肆伍陆陸柒捌玖拾佰仟"
_PLAIN = str.maketrans(_FORMAL + "萬億٪", "一二二三三四五六六七八九十百千万亿%")
_FORMALLY = re.compile(rf"[{_FORMAL}][{_FORMAL}万萬亿億]+|[{_FORMAL}](?=\s?[%％٪元])|٪")
#: Quantities that are round by themselves: a dozen, dozens of, 数百, 近百; half a point; Roman per cent.
VAGUE = re.compile(
    ascii_words(
        rf"(?i:\b(?:(?P<many>an?|one|{_WORD}|half a|several|\d+)[ ]dozen\b|(?P<dozens>dozens)\b|(?P<score>a[ ]score)(?=[ ]of)))"
        r"|(?i:\b(?:(?P<few>a couple of|a few|several|half an?)[ ](?P<fews>hundred|thousand|million|billion)\b))"
        rf"|(?i:(?<!\bis )(?<!\bare )\b(?P<fold>{_WORD})fold\b)"
        r"|(?i:\b(?P<scale>hundreds|thousands|tens[ ]of[ ]thousands)(?=[ ]of\b))"
        r"|(?:[数几]|(?<![线以历史加路网身早晚])上)(?P<han>[十百千万])(?=[人名位个单笔条次元])|(?<=近)(?P<near>[百千])(?=[人名位个单笔条次元])"
        r"|(?P<twelve>一打)(?!开|听|造|折)|(?P<point>半个?百分点|\bhalf a (?:percentage )?point\b)"
        r"|\b(?P<roman>[IVXLC]{2,})\s?(?:[%％]|per[ -]?cent\b|pct\b)"
        r"|(?:(?<=[破超逾过])(?<![不经通]过)|(?<=上)(?<![线以历史加路网身早晚]上))(?P<past>[十百千]?[万亿])(?![分一能])"
        r"|(?P<lump>\d+(?:\.\d+)?|[一两二三四五六七八九十百千]+)\s?个亿(?!级)"
        r"|(?P<places>[两二三四五六七八九])位数(?![字组据])"
        r"|(?i:\b(?:(?P<digits>double|triple)[ -]digits?|(?P<figures>five|six|seven|eight|nine)-(?:digit|figure)s?|(?P<figures2>six|seven|eight|nine) figures)\b)"
    )
)
#: What doubled, or became another multiple.
TWICE = re.compile(
    ascii_words(
        r"(?:翻了?一?[番倍]|\bdoubl(?:ed|ing)\b|\b(?:twice|double)(?= (?:the|that|what|as)\b))"
        r"|翻了?(?P<folds>[两二三四五六七八九十])番|(?P<three>\btripl(?:ed|ing)\b)|(?P<four>\bquadrupl(?:ed|ing)\b)"
        r"|(?P<half>\bhalv(?:ed|ing)\b|腰斩|减半|打了?个?对折)"
    ),
    re.IGNORECASE,
)
#: A Chinese cardinal, with its decimals.
CHINESE = rf"[{_DIGITS}十廿卅百千万亿]+(?:点[{_DIGITS}]+)?"
#: A Chinese fraction: 三分之一, 百分之十二, 三成半, 一半.
CHINESE_PART = (
    rf"(?P<den>[{_DIGITS}十百千万]+)分之(?P<num>{CHINESE}|\d+(?:\.\d+)?)"
    rf"|(?P<tenths>[{_DIGITS}十]|\d(?:\.\d)?)\s?成(?P<more>[{_DIGITS}半]?)(?=[^功为员本交立果就绩熟长分]|$)"
    r"|每\s?(?P<base>\d+|[百千万十])\s?[个位名人笔单次件][^，。；,;\d]{0,14}?(?P<rate>\d+(?:\.\d+)?)\s?[个位名人笔单次件]"
    r"|(?P<base2>\d+|[百千万十])\s?个[^，。；,;\d]{0,6}?[里中][^，。；,;\d]{0,10}?(?P<rate2>\d+(?:\.\d+)?|[一两二三四五六七八九])\s?[个位名人]"
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
    count = _SMALL.get(re.split(r"[ -]", match.group().lower())[0], 1)
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
    except OverflowError:  # hundreds of digits
        return inf
    except ValueError:
        return None


def read_chinese_part(match: re.Match[str]) -> tuple[float, float] | None:
    """Return a Chinese fraction in percent, with half of its last digit."""
    if match["den"]:
        parts = [
            float(p) if p[0].isdigit() and p.isascii() else read_chinese(p) for p in match.group("num", "den")
        ]
        parts[1] = _TIMES.get(match["den"], parts[1])
        parts[0] = 100.0 if match["num"] == "百" else parts[0]
        if None in parts or not parts[1]:
            return None
        decimals = len(re.split(r"[点.]", match["num"])[1]) if re.search(r"[点.]", match["num"]) else 0
        exact = parts[1] in (1e2, 1e3, 1e4)
        return 100 * parts[0] / parts[1], 50 / parts[1] * 10**-decimals if exact else 2.5  # type: ignore[operator]
    if match["top"]:
        bottom = float(match["bottom"])
        return (100 * float(match["top"]) / bottom, 2.5) if bottom else None
    if written := match["base"] or match["base2"]:
        rate = match["rate"] or match["rate2"]
        base = float(written) if written.isdigit() else _TIMES[written]
        share = float(rate) if rate[0].isdigit() else read_chinese(rate) or 0.0
        return (100 * share / base, 50 / base) if base else None
    if match["tenths"]:
        tenths = float(match["tenths"]) if match["tenths"].isascii() else read_chinese(match["tenths"])
        more = 5.0 if match["more"] == "半" else read_chinese(match["more"]) or 0.0
        return 10 * (tenths or 0.0) + more, 0.5 if match["more"] or "." in match["tenths"] else 5.0
    return 50.0, 5.0


def read_twice(match: re.Match[str]) -> float:
    """Return what something was multiplied by."""
    fixed = {"three": 3.0, "four": 4.0, "half": 0.5}
    return fixed.get(match.lastgroup or "") or 2.0 ** (read_chinese(match["folds"] or "") or 1.0)


def read_vague(match: re.Match[str]) -> tuple[float, float, NumeralKind]:
    """Return a round quantity, how far it may be off, and its kind."""
    if many := match["many"]:
        fixed = {"a": 1.0, "an": 1.0, "half a": 0.5, "several": 4.0}
        dozens = fixed.get(many.lower()) or (
            float(many) if many.isdigit() else float(_SMALL.get(many.lower(), 1))
        )
        return 12 * dozens, 12.0 if many == "several" else 0.5, "count"
    if few := match["few"]:
        times, off = {"a couple of": (2.0, 0.5), "half a": (0.5, 0.05)}.get(few.lower(), (4.0, 2.0))
        scale = _SCALES[match["fews"].lower()]
        return times * scale, off * scale, "count"
    if match["fold"]:
        return float(_SMALL[match["fold"].lower()]), 0.5, "multiple"
    if match["near"]:
        value = {"百": 100.0, "千": 1_000.0}[match["near"]]
        return 0.95 * value, 0.05 * value, "count"
    if match["roman"]:
        return float(_read_roman(match["roman"])), 0.5, "percent"
    if match["point"]:
        return 0.5, 0.05, "points"
    if match["score"] or match["twelve"]:
        return (20.0 if match["score"] else 12.0), 0.5, "count"
    if lump := match["lump"]:
        return (float(lump) if lump[0].isdigit() else read_chinese(lump) or 1.0) * 1e8, 0.5e8, "count"
    unit, kind = _magnitude(match)
    return 5.5 * unit, 4.5 * unit, kind


def _magnitude(match: re.Match[str]) -> tuple[float, NumeralKind]:
    """Return the least number of a magnitude: of thousands, 上百万, 破亿, five figures, double digits, which are of percent."""
    if match["dozens"]:
        return 10.0, "count"
    if past := match["past"]:
        return _TIMES[past[:-1]] * _TIMES[past[-1]], "count"
    if words := match["places"] or match["digits"] or match["figures"] or match["figures2"]:
        places = {"double": 2.0, "triple": 3.0}.get(words.lower()) or _SMALL.get(words.lower())
        places = places or read_chinese(words) or 2.0
        return 10.0 ** (places - 1), "percent" if places <= 3 else "count"
    if match["han"]:
        return _TIMES[match["han"]], "count"
    return {"hundreds": 1e2, "thousands": 1e3}.get(match["scale"].lower(), 1e4), "count"


def _read_roman(text: str) -> int:
    values = [{"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}[letter] for letter in text]
    return sum(-one if one < behind else one for one, behind in zip(values, [*values[1:], 0], strict=True))
