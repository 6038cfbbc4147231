"""Errors that the knowledge package raises.

KnowledgeError
├── DocumentError             the document itself cannot be taken in; trying again will not help
│   ├── UnreadableDocument    undecodable, damaged, or nothing to read in it
│   │   ├── EmptyDocument
│   │   ├── DocumentWithoutText
│   │   ├── EncryptedDocument
│   │   └── ParserFailed      the parser crashed or used up its time or memory
│   ├── DocumentTooLarge
│   ├── UnsupportedFormat
│   ├── InvalidFrontMatter
│   └── InvalidMetadata       an argument given beside the document is wrong
├── FolderNotFound
├── DocumentNotFound          does not exist, or the reader may not see it: the two are never told apart
├── ChunkNotFound
├── OriginalNotFound          the file of that version was not kept, or there is no such version
├── PinNotFound
├── PinExists                 another curated answer is for the same question and readers
├── QuestionNotFound
├── InvalidCuration           an edit, pin or mark has a wrong value
├── InvalidQuery
├── EmbeddingFailed           the embedding service did not answer; trying again may help
├── EmbedderChanged           the catalogue was embedded with another model
├── RerankingFailed           the reranking service gave no usable scores; search goes on without it
├── InvalidQuestionSet        a file of questions for an evaluation cannot be read; names the line
├── StorageFull               no room to write; reading goes on, and writing once there is room
├── IndexDamaged              the vector index cannot be read; it can be rebuilt from the catalogue
└── CatalogueUnavailable      the catalogue's file cannot be opened or was written by a newer version
"""

import errno
import re

_LONGEST_VALUE = 80
_REASONS = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EACCES: "没有权限",
    errno.EPERM: "不允许这样操作",
    errno.EISDIR: "这是一个文件夹",
    errno.ENOTDIR: "路径中有一部分不是文件夹",
    errno.EEXIST: "已经存在",
    errno.ENOTEMPTY: "文件夹不是空的",
    errno.EROFS: "磁盘只读",
    errno.ENOSPC: "磁盘空间不足",
    errno.EDQUOT: "超出磁盘配额",
    errno.ENAMETOOLONG: "名称太长",
    errno.ELOOP: "符号链接过多",
    errno.EMFILE: "打开的文件过多",
    errno.EIO: "磁盘读写出错",
    errno.EADDRINUSE: "地址已被占用",
    errno.EADDRNOTAVAIL: "无法使用这个地址",
    errno.ECONNREFUSED: "连接被拒绝",
    errno.ETIMEDOUT: "连接超时",
    errno.ENETUNREACH: "网络不可达",
}


def display(value: object) -> str:
    """Write a value for use in an error sentence.

    Returns:
        At most 80 characters in quotation marks, everything that does not print (control characters, lone
        surrogates, bidirectional marks) escaped.
    """
    text = value if isinstance(value, str) else repr(value)
    shown = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text[: _LONGEST_VALUE + 1])
    if len(text) > _LONGEST_VALUE or len(shown) > _LONGEST_VALUE:
        shown = shown[: _LONGEST_VALUE - 1] + "…"
    return f'"{shown}"'


def quote_chinese(sentence: str) -> str:
    """Return a Chinese sentence with its values in Chinese quotation marks.

    >>> quote_chinese('没有文档 "d_1"。')
    '没有文档“d_1”。'
    """
    return re.sub(r' ?"([^"]*)" ?', r"“\1”", sentence)


def explain(error: OSError) -> tuple[str, str]:
    """Return what the operating system says of an error, in English and in Chinese."""
    en = error.strerror or str(error)
    return en, _REASONS.get(error.errno or 0, f"系统报告“{en}”")


class KnowledgeError(Exception):
    """Base of all errors of this package.

    Attributes:
        code: Stable name in snake case, for programs.
        en: The English sentence.
        zh: The Chinese sentence.
        parameter: The argument or front-matter key at fault, where there is one.
    """

    code = "knowledge_error"

    def __init__(self, *, en: str, zh: str, parameter: str | None = None) -> None:
        super().__init__(en)
        self.en = en
        self.zh = quote_chinese(zh)
        self.parameter = parameter

    def in_language(self, language: str) -> str:
        """Return the sentence in Chinese for "zh" (and its variants), else in English."""
        return self.zh if language.startswith("zh") else self.en


class DocumentError(KnowledgeError):
    """The document cannot be taken in."""

    code = "document_error"


class UnreadableDocument(DocumentError):
    """The document is undecodable or damaged, or has nothing to read."""

    code = "unreadable_document"


class EmptyDocument(UnreadableDocument):
    """The file has no content."""

    code = "empty_document"


class DocumentWithoutText(UnreadableDocument):
    """The document can be read, but has not one letter, digit or Chinese character."""

    code = "no_text"


class EncryptedDocument(UnreadableDocument):
    """The document opens only with a password."""

    code = "encrypted_document"


class ParserFailed(UnreadableDocument):
    """The parser crashed on the document, or used up its time or memory."""

    code = "parser_failed"


class DocumentTooLarge(DocumentError):
    """The document is larger than the limit."""

    code = "document_too_large"


class UnsupportedFormat(DocumentError):
    """No loader knows the file's extension, or its content is of another format."""

    code = "unsupported_format"


class InvalidFrontMatter(DocumentError):
    """The front matter is not YAML, or a known key has a wrong value."""

    code = "invalid_front_matter"


class InvalidMetadata(DocumentError):
    """An argument given beside the document has a wrong value."""

    code = "invalid_metadata"


class FolderNotFound(KnowledgeError):
    """The folder to read does not exist."""

    code = "folder_not_found"


class DocumentNotFound(KnowledgeError):
    """No such document, or none that this reader may see."""

    code = "document_not_found"


class ChunkNotFound(KnowledgeError):
    """No such chunk, or none that this reader may see."""

    code = "chunk_not_found"


class OriginalNotFound(KnowledgeError):
    """There is no file of that version."""

    code = "original_not_found"


class PinNotFound(KnowledgeError):
    """No such curated answer, or none that this reader may see."""

    code = "pin_not_found"


class PinExists(KnowledgeError):
    """There is a curated answer to the same question for the same readers."""

    code = "pin_exists"


class QuestionNotFound(KnowledgeError):
    """No such unanswered question, or none that this reader may see."""

    code = "question_not_found"


class InvalidCuration(KnowledgeError):
    """An edit, pin or mark has a wrong value."""

    code = "invalid_curation"


class InvalidQuery(KnowledgeError):
    """The query or one of the search arguments is wrong."""

    code = "invalid_query"


class EmbeddingFailed(KnowledgeError):
    """The embedding model or its service gave no usable vectors."""

    code = "embedding_failed"


class EmbedderChanged(KnowledgeError):
    """The catalogue holds vectors of another embedding model."""

    code = "embedder_changed"


class RerankingFailed(KnowledgeError):
    """The reranking service gave no usable scores."""

    code = "reranking_failed"


class InvalidQuestionSet(KnowledgeError):
    """A file of questions for an evaluation cannot be read."""

    code = "invalid_question_set"


class StorageFull(KnowledgeError):
    """The disk, a quota or a limit leaves no room to write."""

    code = "storage_full"


class IndexDamaged(KnowledgeError):
    """The vector index cannot be read."""

    code = "index_damaged"


class CatalogueUnavailable(KnowledgeError):
    """The catalogue cannot be opened."""

    code = "catalogue_unavailable"
