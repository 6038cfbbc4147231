"""What a replay says, in the language of the answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from assistant.answer import Citation
from assistant.language import Language
from assistant.replay.findings import CitationChange, EvidenceStatus, Reason
from knowledge import Document

_REASONS: dict[Reason, tuple[str, str]] = {
    "data": ("数据", "the data"),
    "definition": ("口径（metrics.yaml）", "the definition (metrics.yaml)"),
    "document": ("文档", "a document"),
    "curated": ("置顶回答", "the curated answer"),
    "withdrawn": ("被删除或不再可见的依据", "what was deleted or may no longer be seen"),
    "other": ("当前日期或 Yunce 版本", "today's date or Yunce's version"),
}


@dataclass(frozen=True, slots=True)
class Sentences:
    """Sentences in one language."""

    language: Language

    def say(self, *, zh: str, en: str) -> str:
        """Return the sentence in the language."""
        return zh if self.language == "zh" else en

    def name_reasons(self, reasons: Sequence[Reason]) -> str:
        """Name reasons in words."""
        zh = self.language == "zh"
        return ("、" if zh else ", ").join(_REASONS[reason][0 if zh else 1] for reason in reasons)

    def source_withdrawn(self) -> str:
        """Say that a measurement may no longer be seen."""
        return self.say(
            zh="数据源已被移除或对你不再可见，不予显示。",
            en="Its source was removed or is no longer visible to you, so it is not shown.",
        )

    def failed(self, sentence: str) -> str:
        """Say that it cannot be measured any more."""
        return self.say(
            zh=f"现在无法按同样的参数重新计算：{sentence}",
            en=f"It cannot be measured again with the same arguments: {sentence}",
        )

    def measured(self, status: EvidenceStatus, reasons: Sequence[Reason], *, figures: bool) -> str:
        """Say whether a measurement gives what it gave."""
        if status == "unchanged":
            return (
                self.say(
                    zh="数据有过更新，但结果相同。", en="The data was updated since; the result is the same."
                )
                if reasons
                else self.say(zh="重新计算，结果相同。", en="Measured again: the result is the same.")
            )
        if reasons == ["other"]:
            return self.say(
                zh="结果有变化，但数据和口径都没有变：该工具可能按当前日期计算，或 Yunce 已升级。",
                en="The result differs though neither data nor definition changed: the tool may count from today, "
                "or Yunce was updated.",
            )
        named = self.name_reasons(reasons)
        if figures:
            return self.say(
                zh=f"数值有变化，变化的是：{named}。", en=f"The figures differ. What changed: {named}."
            )
        return self.say(
            zh=f"数值相同，明细或口径卡有变化，变化的是：{named}。",
            en=f"The figures are the same, the table or the definition card differs. What changed: {named}.",
        )

    def document_withdrawn(self, *, is_owner: bool) -> str:
        """Say that a passage is gone; a reader is not told whether it was deleted or hidden."""
        if is_owner:
            return self.say(zh="该文档已被删除。", en="The document was deleted.")
        return self.say(
            zh="该文档已被删除或对你不再可见，不予显示。",
            en="The document was deleted or is no longer visible to you, so it is not shown.",
        )

    def looked_up(
        self, citation: Citation, document: Document, changes: Sequence[CitationChange], *, stands: bool
    ) -> str:
        """Say what happened to a passage and its document."""
        if not changes:
            return self.say(
                zh=f"未变，仍是第 {citation.version} 版。", en=f"Unchanged, still version {citation.version}."
            )
        told = [self._change(change, citation, document) for change in changes]
        if "newer_version" in changes or "edited" in changes:
            told.append(
                self.say(zh="引文仍在其中。", en="The quote still stands in it.")
                if stands
                else self.say(zh="引文已不在其中。", en="The quote no longer stands in it.")
            )
        return ("" if self.language == "zh" else " ").join(told)

    def _change(self, change: CitationChange, citation: Citation, document: Document) -> str:
        day = document.updated_at.date()
        stale = document.stale
        match change:
            case "newer_version":
                return self.say(
                    zh=f"文档已更新：引用的是第 {citation.version} 版，现为第 {document.version} 版（{day}）。",
                    en=f"The document has a newer version: {citation.version} was cited, {document.version} is in force "
                    f"({day}).",
                )
            case "edited":
                return self.say(zh="该段落已被编辑。", en="The passage was edited.")
            case "disabled":
                return self.say(zh="该段落已被停用。", en="The passage was disabled.")
            case "stale" if stale is not None:
                note = stale.note.rstrip("。.")
                return self.say(
                    zh=f"文档已被标记为过时（{stale.by}，{stale.at.date()}）{f'：{note}' if note else ''}。",
                    en=f"The document was marked as out of date ({stale.by}, {stale.at.date()})"
                    f"{f': {note}' if note else ''}.",
                )
            case _:
                return self.say(zh="已有另一份文档取代它。", en="Another document took its place.")

    def curated(self, owner: str, updated_at: datetime | None, *, changed: bool) -> str:
        """Say what became of a curated answer; without a time it is gone."""
        if updated_at is None:
            return self.say(
                zh="这条置顶回答已被移除或对你不再可见。",
                en="The curated answer was removed or is no longer visible to you.",
            )
        day = updated_at.date()
        if not changed:
            return self.say(zh="置顶回答未变。", en="The curated answer is unchanged.")
        return self.say(
            zh=f"置顶回答已于 {day} 修改（负责人：{owner}）。",
            en=f"The curated answer was changed on {day} (owner: {owner}).",
        )

    def summary(self, reasons: Sequence[Reason], *, leans: bool, changed: bool) -> str:
        """Say in one sentence what became of the answer."""
        if not leans:
            return self.say(
                zh="这个回答没有引用数据或文档，无可重算。",
                en="The answer leans on no data and no document, so there is nothing to replay.",
            )
        if not changed:
            return self.say(
                zh="没有变化：数值和引文都与当时相同。这不说明今天再问会得到同样的回答。",
                en="Nothing changed: figures and quotes are as they were. It does not show that the question would be "
                "answered alike today.",
            )
        named = self.name_reasons(reasons)
        return self.say(zh=f"有变化：{named}。", en=f"Changed: {named}.")
