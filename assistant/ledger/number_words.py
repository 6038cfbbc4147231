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
    rf"(?:[ ]point(?:[ ]{_WORD})+)?\b"
)
#: An English fraction: half, two thirds, three quarters of, one in five.
ENGLISH_PART = (
    r"\b(?:(?:a|one|two|three|four)[ -](?P<part>thirds?|quarters?|fourths?|fifths?|tenths?)\b"
    r"(?=\s(?:of|more|less|fewer|lower|higher|as)\b|\s*(?:[.,;)，。]|$))"
    rf"|(?P<of>{_WORD}|\d+)[ ](?:in|out[ ]of)[ ](?:every[ ])?(?P<every>{_WORD}|\d+)\b(?=\s(?:of|(?:[a-z]+\s)?[a-z]+s\b|people))"
    rf"|(?P<of2>{_WORD})[ ][a-z]+[ ](?:in|out[ ]of)[ ](?P<every2>{_WORD}|a[ ]hundred)\b(?!\s(?:days?|weeks?|months?|hours?|years?)\b)"
    r"|(?<!first )(?<!second )(?<!other )(?<!latter )(?<!last )(?<!next )(?<!each )half\b"
    r"(?![ -](?:an?|the (?:time|day|year|month|week|way|battle|job)|years?|days?|hours?|months?|weeks?|of (?:the )?(?:year|month|week|day)|time|way)\b))"
)
_DIGITS = "零〇一二两三四五六七八九"
#: A Chinese cardinal, with its decimals.
CHINESE = rf"[{_DIGITS}十百千万亿]+(?:点[{_DIGITS}]+)?"
#: A Chinese fraction: 三分之一, 百分之十二, 三成半, 一半.
CHINESE_PART = (
    rf"(?P<den>[{_DIGITS}十百千万]+)分之(?P<num>{CHINESE}|\d+(?:\.\d+)?)"
    rf"|(?P<tenths>[{_DIGITS}十]|\d(?:\.\d)?)\s?成(?P<more>[{_DIGITS}半]?)(?=[^功为员本交立果就绩熟长分]|$)"
    r"|每\s?(?P<base>\d+|[百千万十])\s?[个位名人笔单次件][^，。；,;\d]{0,14}?(?P<rate>\d+(?:\.\d+)?)\s?[个位名人笔单次件]"
    r"|(?<![下上大])一半(?!天|年)|(?<![一-鿿])半数|过半(?=[的数])"
)


def read_english(text: str) -> float:
    """Return the value of an English cardinal.

    >>> read_english("two hundred and fifty-three"), read_english("twelve point five")
    (253.0, 12.5)
    """
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
    if not match["part"]:
        return 50.0
    count = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4}[re.split(r"[ -]", match.group().lower())[0]]
    return 100 * count / _PARTS[match["part"].lower().rstrip("s")]


def read_chinese(text: str) -> float | None:
    """Return the value of a Chinese cardinal, None where it is none.

    >>> read_chinese("二十三"), read_chinese("三十八点八"), read_chinese("一百一十九万"), read_chinese("千万")
    (23.0, 38.8, 1190000.0, None)
    """
    import cn2an

    if not text or text[0] in "百千万亿点":
        return None
    try:
        return float(cn2an.cn2an(text.replace("两", "二").replace("〇", "零"), "smart"))
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
        if None in parts or not parts[1]:
            return None
        decimals = len(re.split(r"[点.]", match["num"])[1]) if re.search(r"[点.]", match["num"]) else 0
        return 100 * parts[0] / parts[1], 0.5 * 10**-decimals if parts[1] == 100 else 2.5  # type: ignore[operator]
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
