"""Errors in the terminal: one sentence on standard error, in the asker's language, and an exit status.

2 is a bad argument, 1 a failure, 130 an interruption. What nobody expected goes to a log with an id.
"""

import tempfile
import traceback
from datetime import datetime
from pathlib import Path
from secrets import token_hex

import click

from bots.cli.session import Session


def report_error(error: BaseException, session: Session) -> int:
    """Print an error as one sentence and return the exit status."""
    if isinstance(error, KeyboardInterrupt | click.Abort):
        click.echo(session.say(zh="已中断。", en="Interrupted."), err=True)
        return 130
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
    from assistant.errors import InvalidQuestion, InvalidRequest, PlanNotFound
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
        return sentence + _see_help(error, " See: ")
    match error:
        case click.NoSuchOption():
            near = f"，是否想写 {error.possibilities[0]}" if error.possibilities else ""
            sentence = f"没有选项 {error.option_name}{near}"
        case click.MissingParameter():
            sentence = f"缺少参数 {_parameter_name(error)}"
        case click.BadParameter():
            sentence = f"参数 {_parameter_name(error)} 无法使用：{error.message}"
        case _:
            sentence = f"命令写法有误：{error.format_message()}"
    return sentence.rstrip("。.") + "。" + _see_help(error, "用法见：")


def _parameter_name(error: click.BadParameter) -> str:
    if error.param is not None and error.ctx is not None:
        return error.param.get_error_hint(error.ctx)
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
