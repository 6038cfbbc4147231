"""`yunce init` and `yunce doctor`."""

import os
import shlex
from pathlib import Path

import click

from bots.cli.session import Session
from bots.cli.terminal import pad, print_json

_CHECKS = {
    "settings": "设置", "documents": "文档", "storage": "存储", "catalogue": "目录库", "parsers": "文档解析",
    "embedding": "向量模型", "index": "索引", "failed": "失败文件", "tactics": "打法卡片", "data": "数据", "model": "语言模型",
}  # fmt: skip


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--demo", is_flag=True, help="Fill it with the sample company, Lantern Market 灯市.")
@click.pass_obj
def init(session: Session, folder: Path, demo: bool) -> None:
    """Make FOLDER a workspace with the starter library.

    \b
    Examples 例:
      yunce init company --demo
      yunce init 我的公司
    """
    from assistant.workspace import create_workspace
    from bots.cli.ingest_report import print_report
    from bots.cli.ingestion import sync_library

    workspace = create_workspace(folder, demo=demo)
    session.folder = workspace.root
    made = session.say(zh=f"已建立工作区 {workspace.root}", en=f"Made the workspace {workspace.root}")
    click.echo(made)
    print_report(session, sync_library(session, [workspace.library]))
    place = shlex.quote(os.path.relpath(folder))
    question = session.say(zh="什么是 KOC？", en="What is a KOC?")
    lead = session.say(zh="\n接下来：", en="\nNext: ")
    click.echo(f'{lead}cd {place} && yunce ask "{question}"')
    if not demo:
        own = session.say(
            zh="接入自己的数据：yunce metrics init 数据文件，然后运行 yunce metrics check",
            en="Your own data: yunce metrics init FILE, then yunce metrics check",
        )
        click.echo(own)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def doctor(ctx: click.Context, as_json: bool) -> None:
    """Check the workspace: settings, documents, storage, index, data, model; a damaged index is rebuilt.

    Exit status 1 when something is wrong.
    """
    from assistant.doctor import examine

    session: Session = ctx.obj
    checks = examine(session.workspace, language=session.language)
    if as_json:
        print_json([{"name": c.name, "ok": c.ok, "detail": c.detail} for c in checks])
    for check in [] if as_json else checks:
        state = session.say(zh="正常" if check.ok else "异常", en="ok" if check.ok else "BAD")
        name = session.say(zh=_CHECKS.get(check.name, check.name), en=check.name)
        click.echo(f"{pad(state, 4)}  {pad(name, 10)} {check.detail}")
    ctx.exit(0 if all(check.ok for check in checks) else 1)
