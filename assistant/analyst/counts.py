"""Small counts as people write them before a unit of time: 6, 六, 十二, six."""

_HAN = {character: value for value, character in enumerate("一二三四五六七八九十", 1)} | {"两": 2, "半": 0}
ENGLISH_COUNTS = {
    word: value
    for value, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), 1
    )
}


def read_count(text: str) -> int:
    """Return the count that a text writes.

    >>> read_count("12"), read_count("三十"), read_count("十二"), read_count("Six")
    (12, 30, 12, 6)
    """
    if text.isdigit():
        return int(text)
    if text.lower() in ENGLISH_COUNTS:
        return ENGLISH_COUNTS[text.lower()]
    if "十" in text:
        tens, _, units = text.partition("十")
        return _HAN.get(tens, 1) * 10 + _HAN.get(units, 0)
    return _HAN[text]
