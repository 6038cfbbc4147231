"""Which language a caller of the HTTP door is spoken to in."""

from typing import Any

from starlette.requests import Request

from assistant.language import Language, asker_language

#: Fields of a request's body that a person wrote in words, and whose language therefore is the asker's.
_WORDS = ("question", "objective", "query")


def accepted_language(header: str) -> Language:
    """Return what an Accept-Language header prefers of the two languages, English if it names neither.

    >>> accepted_language("fr, zh-CN;q=0.9, en;q=0.8"), accepted_language("en-GB,zh;q=0.5"), accepted_language("")
    ('zh', 'en', 'en')
    """
    preferred: list[tuple[float, int, Language]] = []
    for position, item in enumerate(header[:1000].split(",")):
        tag, _, quality = item.strip().partition(";")
        name = tag.lower().split("-")[0]
        if name in ("zh", "en"):
            preferred.append((-_quality(quality), position, "zh" if name == "zh" else "en"))
    return min(preferred)[2] if preferred else "en"


def _quality(text: str) -> float:
    try:
        return float(text.strip().removeprefix("q=")) if text.strip() else 1.0
    except ValueError:
        return 0.0


def request_language(request: Request) -> Language:
    """Return the language settled on for a request, else the one that its headers accept."""
    settled: Language | None = getattr(request.state, "language", None)
    return settled or accepted_language(request.headers.get("accept-language", ""))


def settle_language(request: Request, *, asked: Language | None = None, words: str | None = None) -> Language:
    """Settle the language of a request: the one asked for, else that of the words, else of the headers."""
    language = (
        asked or (asker_language(words) if words and words.strip() else None) or request_language(request)
    )
    request.state.language = language
    return language


def settle_by_body(request: Request, body: Any) -> None:
    """Settle the language by a body that may be wrong in any way."""
    if not isinstance(body, dict):
        return
    asked = body.get("language")
    words = next((text for name in _WORDS if isinstance(text := body.get(name), str)), None)
    settle_language(request, asked=asked if asked in ("zh", "en") else None, words=words)
