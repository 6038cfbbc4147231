"""Which of the two languages a person writes."""

import re
from typing import Literal

Language = Literal["zh", "en"]
_HAN = re.compile(r"[㐀-鿿豈-﫿]")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")


def asker_language(question: str) -> Language:
    """Return the language of a question; terms such as DAU or KOC in a Chinese one do not make it English.

    >>> asker_language("上周 DAU 是多少?"), asker_language("what does 次留 mean?"), asker_language("KOC?")
    ('zh', 'en', 'en')
    """
    han = len(_HAN.findall(question))
    words = [word for word in _LATIN_WORD.findall(question) if not word.isupper()]
    return "zh" if han and han >= 2 * len(words) - 1 else "en"
