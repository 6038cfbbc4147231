"""Errors in the terminal: one sentence on standard error, in the asker's language, and an exit status.

2 is a bad argument, 1 a failure, 130 an interruption. What nobody expected goes to a log with an id.
"""

import re
import tempfile
import traceback
from datetime import datetime
from pathlib import Path
from secrets import token_hex

import click

from bots.cli.session import Session

_MISUSES = (
    (re.compile(r"unexpected extra arguments? \((.*)\)"), "多了参数 {0}"),
    (re.compile(r"No such command '(.*?)'"), "没有命令 {0}"),
    (re.compile(r"Missing command"), "缺少子命令"),
)


def report_error(error: BaseException, session: Session) -> int:
    """Print an error as one sentence and return the exit status."""
    if isinstance(error, KeyboardInterrupt | click.Abort):
        click.echo(session.say(zh="已中断。", en="Interrupted."), err=True)
        return 130
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message(), err=True)
        return error.exit_code
    if isinstance(error, click.ClickException):
        return _tell(session, _usage_sentence(error, session), error.exit_code)
    from assistant.errors import EXPECTED_ERRORS

    if isinstance(error, EXPECTED_ERRORS):
        return _tell(session, error.in_language(session.language), 2 if _is_bad_argument(error) else 1)
    if isinstance(error, OSError) and error.strerror:
        from knowledge.errors import explain

        en, zh = explain(error)
        place = str(error.filename or "")
        en, zh = (f"{place}: {en}", f"{place}：{zh}") if place else (en, zh)
        return _tell(session, session.say(zh=f"{zh}。", en=f"{en}."), 1)
    return _tell(session, _log(error, session), 1)


def _tell(session: Session, sentence: str, status: int) -> int:
    click.echo(session.say(zh="错误：", en="Error: ") + sentence, err=True)
    return status


def _is_bad_argument(error: Exception) -> bool:
    from assistant.errors import (
        AnswerNotFound,
        ConversationNotFound,
        InvalidQuestion,
        InvalidRequest,
        PlanNotFound,
    )
    from knowledge.errors import (
        ChunkNotFound,
        DocumentNotFound,
        InvalidCuration,
        InvalidMetadata,
        InvalidQuery,
        InvalidQuestionSet,
        OriginalNotFound,
        PinExists,
        PinNotFound,
        QuestionNotFound,
    )
    from tools.errors import InvalidArgument, UnknownTool

    return isinstance(
        error,
        InvalidQuestion
        | InvalidRequest
        | PlanNotFound
        | AnswerNotFound
        | ConversationNotFound
        | ChunkNotFound
        | DocumentNotFound
        | OriginalNotFound
        | PinExists
        | PinNotFound
        | QuestionNotFound
        | InvalidCuration
        | InvalidMetadata
        | InvalidQuery
        | InvalidQuestionSet
        | InvalidArgument
        | UnknownTool,
    )


def _usage_sentence(error: click.ClickException, session: Session) -> str:
    """Say what click refused; its own words are in English only."""
    if session.language == "en":
        sentence = error.format_message().replace("\n", " ")
        sentence += "" if sentence.endswith((".", "?")) else "."
        return sentence + _say_how(error, " Arguments are written --arg {0}.") + _see_help(error, " See: ")
    match error:
        case click.NoSuchOption():
            near = f"，是否想写 {error.possibilities[0]}" if error.possibilities else ""
            sentence = f"没有选项 {error.option_name}{near}"
        case click.MissingParameter():
            sentence = f"缺少参数 {_parameter_name(error)}"
        case click.BadParameter():
            sentence = f"参数 {_parameter_name(error)} {_expected(error)}"
        case click.BadOptionUsage():
            sentence = (
                f"选项 {error.option_name} 用法有误：{error.message}"
                if "argument" not in error.message
                else f"选项 {error.option_name} 需要一个值"
            )
        case _:
            sentence = _misuse(error.format_message())
    return (
        sentence.rstrip("。.") + "。" + _say_how(error, "参数写作 --arg {0}。") + _see_help(error, "用法见：")
    )


def _say_how(error: click.ClickException, sentence: str) -> str:
    """Say how an argument is given, where it was written without --arg."""
    context = getattr(error, "ctx", None)
    bare = re.search(r"unexpected extra arguments? \((\S+=[^\s)]*)", error.format_message())
    takes = context is not None and any("--arg" in p.opts for p in context.command.params)
    return sentence.format(bare[1]) if bare and takes else ""


def _expected(error: click.BadParameter) -> str:
    """Say in Chinese what is wrong and what would be right; for types that are not known here, what click says."""
    if (right := _name_expected(error)) is None:
        return f"无法使用：{error.message}"
    given = re.match(r"'(.*?)' (?:is|does) not|(\S+) is not in the range", error.message, re.DOTALL)
    value = given and (given[1] or given[2])
    return f"的值“{value}”无法使用，应为{right}" if value else f"应为{right}"


def _name_expected(error: click.BadParameter) -> str | None:
    match error.param and error.param.type:
        case click.Choice(choices=choices):
            return f"以下之一：{'、'.join(map(str, choices))}"
        case click.IntRange(min=least, max=most) | click.FloatRange(min=least, max=most):
            bounds = [f"不小于 {least}"] * (least is not None) + [f"不大于 {most}"] * (most is not None)
            return f"{'、'.join(bounds)} 的数"
        case click.DateTime():
            return "日期，例如 2026-03-01"
        case click.types.IntParamType():
            return "整数"
        case click.types.FloatParamType():
            return "数字"
    return None


def _misuse(message: str) -> str:
    """Say in Chinese what click says of a command line as a whole."""
    for pattern, sentence in _MISUSES:
        if found := pattern.search(message):
            return sentence.format(*found.groups())
    return f"命令写法有误：{message}"


def _parameter_name(error: click.BadParameter) -> str:
    if error.param is not None and error.ctx is not None:
        return error.param.get_error_hint(error.ctx).replace("'", "")
    return str(error.param_hint or "")


def _see_help(error: click.ClickException, lead: str) -> str:
    context = getattr(error, "ctx", None)
    return f"{lead}{context.command_path} --help" if context is not None else ""


def _log(error: BaseException, session: Session) -> str:
    error_id = token_hex(4)
    path = _log_file(session)
    record = "".join(traceback.format_exception(error)).encode("utf-8", "backslashreplace").decode()
    with path.open("a", encoding="utf-8") as log:
        log.write(f"{datetime.now().astimezone().isoformat()} {error_id}\n{record}\n")
    return session.say(
        zh=f"程序内部出错（编号 {error_id}），详情见 {path}。",
        en=f"Something went wrong inside (error {error_id}); the details are in {path}.",
    )


def _log_file(session: Session) -> Path:
    from assistant.errors import EXPECTED_ERRORS

    try:
        state = session.workspace.state
        state.mkdir(exist_ok=True)
        return state / "errors.log"
    except (*EXPECTED_ERRORS, OSError):
        return Path(tempfile.gettempdir()) / "yunce-errors.log"
