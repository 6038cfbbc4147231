"""E-mail: who wrote what to whom and when, with the attachments that can be read."""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart

from knowledge.cleaning import clean
from knowledge.documents import Notice
from knowledge.errors import DocumentError, EmptyDocument, display
from knowledge.loaders.document import LoadedDocument, require_content
from knowledge.loaders.encoding import decode

_LEADS = ("From", "To", "Cc", "Date")
_SIGNATURE = re.compile(r"\n+--[ \t]*\n+")
_MOST_ATTACHMENTS = 50


def load_eml(data: bytes) -> LoadedDocument:
    """Read a message; its title is the subject. Attachments become sections, and those that cannot be are reported.

    Raises:
        DocumentWithoutText: There is neither a header nor a text.
    """
    message = message_from_bytes(data, policy=policy.default)
    if not isinstance(message, EmailMessage) or not message.keys():
        raise EmptyDocument(
            en="The file is not an e-mail: it has no header lines.", zh="文件不是电子邮件：没有邮件头。"
        )
    subject = _read_header(message, "Subject")
    leads = [f"{name}: {value}" for name in _LEADS if (value := _read_header(message, name))]
    sections, warnings = _read_attachments(message)
    body = _read_body(message)
    blocks = [f"# {subject}" if subject else "", "\n".join(leads), body, *sections]
    return LoadedDocument(
        text=require_content("\n\n".join(filter(None, blocks))),
        markup="markdown",
        title=subject or None,
        warnings=warnings,
    )


def _read_header(message: EmailMessage, name: str) -> str:
    try:
        return " ".join(clean(str(message.get(name, ""))).split())
    except (ValueError, IndexError, AttributeError):  # the library trips over some malformed headers
        return ""


def _read_body(message: EmailMessage) -> str:
    part = message.get_body(preferencelist=("plain", "html"))
    if part is None:
        return ""
    text = _read_text(part)
    if part.get_content_type() != "text/html":
        return _SIGNATURE.sub("\n\n---\n\n", text)  # which would make a heading of the line above
    from knowledge.loaders.html import extract_main_text

    return extract_main_text(f"<html><body><article>{text}</article></body></html>")


def _read_text(part: MIMEPart) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes) or not payload.strip():
        return ""
    return decode(payload, declared=part.get_content_charset()).text.strip()


def _read_attachments(message: EmailMessage) -> tuple[list[str], tuple[Notice, ...]]:
    sections, warnings = [], []
    for part in list(message.iter_attachments())[:_MOST_ATTACHMENTS]:
        name = part.get_filename()
        if not name:
            continue
        try:
            sections.append(_read_attachment(name, part))
        except DocumentError as error:
            warnings.append(_warn(name, error))
    return sections, tuple(warnings)


def _read_attachment(name: str, part: MIMEPart) -> str:
    from knowledge.loaders.formats import load_document

    payload = part.get_payload(decode=True)
    loaded = load_document(name, payload if isinstance(payload, bytes) else b"")
    shown = " ".join(clean(name).split())
    return f"## {shown}\n\n{''.join(_nest(loaded.text)).strip()}"


def _nest(text: str) -> Iterator[str]:
    """Put the headings of an attachment below its own."""
    for line in text.splitlines(keepends=True):
        hashes = len(line) - len(line.lstrip("#"))
        is_heading = 0 < hashes <= 6 and line[hashes : hashes + 1] == " "
        yield ("#" * min(hashes + 2, 6) + line[hashes:]) if is_heading else line


def _warn(name: str, error: DocumentError) -> Notice:
    return Notice(
        en=f"The attachment {display(name)} was left out: {error.en}",
        zh=f"已略去附件 {display(name)}：{error.zh}",
    )
