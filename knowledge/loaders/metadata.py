"""What may be said about a document beside its text, in front matter or as arguments, and how it is read."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

from knowledge.cleaning import clean
from knowledge.documents import Notice
from knowledge.errors import display

_LONGEST_TEXT = 500
_LANGUAGES = {
    "zh": "zh",
    "zh-cn": "zh-Hans",
    "zh-sg": "zh-Hans",
    "zh-hans": "zh-Hans",
    "zh-tw": "zh-Hant",
    "zh-hk": "zh-Hant",
    "zh-hant": "zh-Hant",
    "en": "en",
    "en-us": "en",
    "en-gb": "en",
    "und": "und",
}


class WrongValue(ValueError):
    """A key has a value that it cannot have; the sentences name both and what would be right."""

    def __init__(self, key: str, value: object, *, en: str, zh: str) -> None:
        shown = display(value) if isinstance(value, str) else type(value).__name__
        self.key = key
        self.en = f"{key} has the value {shown}; it must be {en}."
        self.zh = f"{key} 的值为 {shown}，应为{zh}。"
        super().__init__(self.en)


def read_metadata(raw: Mapping[Any, object]) -> dict[str, Any]:
    """Validate the known keys of `raw`; empty values count as absent, other keys are left out.

    Keys: title, collection, owner (text); language ("zh", "zh-Hans", "zh-Hant", "en" and the usual country
    forms); teams, tags (a list, or text separated by commas; gives a tuple); effective_date (YYYY-MM-DD;
    gives a date); source_url (http or https); replaces (a list of titles, sources or ids of the documents whose
    place it takes). An empty list is a value: `teams: []` means everyone.

    Raises:
        WrongValue: Names the key.
    """
    return {
        key: read(key, raw[key])
        for key, read in _READERS.items()
        if key in raw and raw[key] not in (None, "")
    }


def find_unknown_keys(raw: Mapping[Any, object]) -> tuple[Notice, ...]:
    """Warn of each key that `read_metadata` leaves out."""
    return tuple(_warn(str(key)) for key in raw if key not in _READERS)


def _warn(key: str) -> Notice:
    near = get_close_matches(key, _READERS, n=1)
    hint, hint_zh = (f" Did you mean {near[0]}?", f"是否想写 {near[0]}？") if near else ("", "")
    return Notice(
        en=f"Unknown front-matter key {display(key)} was ignored.{hint}",
        zh=f"已忽略未知的文档头信息键 {display(key)}。{hint_zh}",
    )


def _read_text(key: str, value: object) -> str:
    text = " ".join(clean(value).split()) if isinstance(value, str) else ""
    if not text or len(text) > _LONGEST_TEXT:
        raise WrongValue(
            key,
            value,
            en=f"text of 1 to {_LONGEST_TEXT} characters",
            zh=f" 1 到 {_LONGEST_TEXT} 个字符的文字",
        )
    return text


def _read_list(key: str, value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [item for item in re.split(r"[,，、]", value) if item.strip()]
    if not isinstance(value, list | tuple | set | frozenset):
        raise WrongValue(key, value, en="a list such as [growth, content]", zh="列表，例如 [growth, content]")
    return tuple(dict.fromkeys(_read_text(key, item) for item in value))


def _read_date(key: str, value: object) -> date:
    if isinstance(value, date):
        return value.date() if isinstance(value, datetime) else value
    try:
        return date.fromisoformat(value.strip() if isinstance(value, str) else "")
    except ValueError:
        raise WrongValue(key, value, en="a date such as 2026-03-01", zh="日期，例如 2026-03-01") from None


def _read_language(key: str, value: object) -> str:
    language = _LANGUAGES.get(value.strip().lower().replace("_", "-")) if isinstance(value, str) else None
    if language is None:
        raise WrongValue(key, value, en="zh, zh-Hans, zh-Hant or en", zh=" zh、zh-Hans、zh-Hant 或 en")
    return language


def _read_url(key: str, value: object) -> str:
    text = _read_text(key, value)
    if not re.match(r"https?://\S+$", text, re.IGNORECASE):
        raise WrongValue(
            key, value, en="an address with https:// or http://", zh="以 https:// 或 http:// 开头的网址"
        )
    return text


_READERS: dict[str, Callable[[str, object], object]] = {
    "title": _read_text,
    "collection": _read_text,
    "language": _read_language,
    "teams": _read_list,
    "tags": _read_list,
    "effective_date": _read_date,
    "owner": _read_text,
    "source_url": _read_url,
    "replaces": _read_list,
}
