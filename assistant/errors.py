"""What can go wrong in the assistant, and how each door finds the sentence to show.

    AssistantError
    ├── SettingsError          yunce.toml or a YUNCE_* variable cannot be used
    ├── WorkspaceError         the folder is not a workspace, or cannot become one
    ├── InvalidQuestion        empty, too long or not text
    ├── InvalidRequest         an argument of a plan, tactic or key is out of range
    ├── AccessDenied           no key, a wrong key, or a key that may not do this
    ├── PlanNotFound           no such plan for this reader
    ├── AnswerNotFound         no such answer for this reader, or not any more
    ├── AnswerWithheld         the answer leans on what this reader may no longer see
    └── ConversationNotFound   no such conversation for this reader

    ReplyUnusable              a model's reply; never shown, the analyst answers instead

Errors of `knowledge` and `tools` have the same shape: a stable `code`, the sentence in English and in Chinese.
"""

from typing import ClassVar

from knowledge.errors import KnowledgeError
from tools.errors import MetricError
from tools.grammar import agree


class AssistantError(Exception):
    """Carry one plain sentence in both languages and a stable code."""

    code: ClassVar[str] = "assistant_error"

    def __init__(self, *, en: str, zh: str, parameter: str | None = None) -> None:
        self.en = agree(en)
        super().__init__(self.en)
        self.zh = zh
        self.parameter = parameter

    def in_language(self, language: str) -> str:
        """Return the sentence in Chinese for `zh…`, else in English."""
        return self.zh if language.startswith("zh") else self.en


class SettingsError(AssistantError):
    """A setting is unknown or has a value that cannot be used."""

    code = "invalid_settings"


class WorkspaceError(AssistantError):
    """The folder is not a workspace, or cannot become one."""

    code = "workspace_error"


class InvalidQuestion(AssistantError):
    """The question is empty, too long or not text."""

    code = "invalid_question"


class InvalidRequest(AssistantError):
    """An argument is missing, of the wrong kind or out of range."""

    code = "invalid_request"


class AccessDenied(AssistantError):
    """The caller is not known, or may not do this."""

    code = "access_denied"


class PlanNotFound(AssistantError):
    """There is no such plan for this reader."""

    code = "plan_not_found"


class AnswerNotFound(AssistantError):
    """There is no such answer for this reader, or it is no longer kept."""

    code = "answer_not_found"


class AnswerWithheld(AssistantError):
    """The answer leans on what this reader may no longer see."""

    code = "answer_withheld"


class ConversationNotFound(AssistantError):
    """There is no such conversation for this reader."""

    code = "conversation_not_found"


class ReplyUnusable(Exception):
    """A model replied with nothing that can be used: empty, broken off, endless.

    Attributes:
        en, zh: What was wrong with it, in a few words.
        is_outage: Whether other requests would fare no better.
    """

    def __init__(self, *, en: str, zh: str, is_outage: bool = True) -> None:
        super().__init__(en)
        self.en, self.zh, self.is_outage = en, zh, is_outage


#: Every error whose sentence may be shown to a person.
YunceError = AssistantError | KnowledgeError | MetricError
EXPECTED_ERRORS = (AssistantError, KnowledgeError, MetricError)
