"""Make text harmless in Slack: nothing that a document or a question says can notify people or plant a link.

Slack reads `<!channel>`, `<@U…>`, `<#C…>` and `<https://…|label>` as commands. In mrkdwn they are escaped as
entities. A markdown block has code spans in which entities would be shown as they are, so there a word joiner
(invisible, zero width) breaks the sequence instead.
"""

import re
from collections.abc import Collection

WORD_JOINER = "\u2060"
_BROADCAST = re.compile(r"@(?=(?:channel|here|everyone|group)\b)", re.IGNORECASE)
_COMMAND = re.compile(r"<(?=\\?[!@#?/A-Za-z])")
_ENTITY = re.compile(r"&(?=#?\w{1,31};)")
_LINK = re.compile(r"!?\[([^\]]*)\]\(\s*<?([^)\s>]*)[^)]*\)")
_ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s)\]>]*|\b(?:javascript|data|mailto):(?=\S)", re.IGNORECASE)
_TRAILING = ".,;:!?。,;:!?、)"


def escape_mrkdwn(text: str) -> str:
    """Escape what mrkdwn would read as a command or a link.

    >>> escape_mrkdwn("<!channel> R&D")
    '&lt;!channel&gt; R&amp;D'
    """
    text = _ADDRESS.sub(lambda match: _break_address(match[0]), text)
    text = text.replace("](", f"]{WORD_JOINER}(")
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _BROADCAST.sub("@" + WORD_JOINER, escaped)


def escape_markdown(text: str, *, links: Collection[str] = ()) -> str:
    """Break the commands in Markdown, and every address that is not one of `links`."""
    text = _LINK.sub(lambda m: m[0] if m[2] in links and not m[0].startswith("!") else m[1], text)
    text = _ADDRESS.sub(lambda m: m[0] if m[0].rstrip(_TRAILING) in links else _break_address(m[0]), text)
    for command in (_COMMAND, _ENTITY, _BROADCAST):
        text = command.sub(lambda m: m[0] + WORD_JOINER, text)
    return text


def link(url: str | None, label: str) -> str:
    """Return a mrkdwn link to a web address of the catalogue, or just the label."""
    label = escape_mrkdwn(label)
    if not url or not url.lower().startswith(("http://", "https://")) or re.search(r"[\s<>|]", url):
        return label
    return f"<{url.replace('&', '&amp;')}|{label.replace('|', '¦')}>"


def _break_address(address: str) -> str:
    scheme, colon, rest = address.partition(":")
    return scheme + colon + WORD_JOINER + rest
