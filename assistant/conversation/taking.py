"""How an answer stands in its conversation, told to its reader."""

from assistant.answer import Answer


def tell_taking(answer: Answer) -> list[str]:
    """Return in sentences what the question was taken for, and what the answer takes the place of; often none."""
    zh, told = answer.language == "zh", []
    if answer.taken_as:
        taken = " ".join(answer.taken_as.split())
        told.append(f"理解为：{taken}" if zh else f"Taken as: {taken}")
    if answer.replaces:
        first, more = answer.replaces[0], len(answer.replaces) - 1
        asked = " ".join(first.question.split())
        later = (f"及其后 {more} 个问题" if zh else f" and {more} after it") if more else ""
        told.append(
            f"替换“{asked}”（{first.id}）{later}" if zh else f"Replaces “{asked}” ({first.id}){later}"
        )
    return told
