"""`yunce reindex`."""

import sys
from typing import TYPE_CHECKING, Any

import click

from bots.cli.session import Session
from bots.cli.terminal import print_json

if TYPE_CHECKING:
    from knowledge import KnowledgeBase
    from knowledge.embedding.reindexing import Reindexed


@click.command()
@click.option("--indexes", is_flag=True, help="Only build the indexes anew, without embedding.")
@click.option(
    "--calibrate/--no-calibrate",
    default=None,
    help="Measure the scale of the model's similarities on the documents; the default is to do so for a model "
    "behind an endpoint that was not in use before.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def reindex(session: Session, indexes: bool, calibrate: bool | None, as_json: bool) -> None:
    """Embed the documents anew with the model that the settings name; search goes on meanwhile.

    Set embedding.name in yunce.toml first. A run that was interrupted is taken up by the next one. A running
    `yunce serve` changes over by itself.

    \b
    Examples 例:
      yunce reindex
      yunce reindex --calibrate
    """
    with session.knowledge() as knowledge:
        if indexes:
            knowledge.rebuild_indexes()
            _print(session, {"indexes": "rebuilt"}, _sentence_of_indexes(session), as_json)
            return
        if calibrate is None:
            calibrate = session.settings().embedding.name is not None
        done = _run(knowledge, calibrate)
        name = knowledge.embedder.name
    record = {
        "model": name,
        "changed": done.changed,
        "embedded": done.embedded,
        "resumed": done.resumed,
        "scale": {"lo": done.scale.lo, "width": done.scale.width} if done.scale else None,
    }
    _print(session, record, _sentence(session, done, name, calibrate), as_json)


def _run(knowledge: "KnowledgeBase", calibrate: bool) -> "Reindexed":
    with click.progressbar(length=1, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:

        def advance(done: int, total: int) -> None:
            bar.length = max(1, total)
            bar.update(done - bar.pos)

        return knowledge.reindex(knowledge.embedder, calibrate=calibrate, on_progress=advance)


def _sentence_of_indexes(session: Session) -> str:
    return session.say(
        zh="索引已重建，无需重新向量化。", en="The indexes are built anew; nothing was embedded."
    )


def _sentence(session: Session, done: "Reindexed", name: str, calibrate: bool) -> str:
    if done.changed:
        kept_en = f" ({done.resumed:,} from an earlier run)" if done.resumed else ""
        kept_zh = f"（其中 {done.resumed:,} 个来自上次未完成的运行）" if done.resumed else ""
        total = done.embedded + done.resumed
        sentence = session.say(
            zh=f"已改用 {name}，共 {total:,} 个段落{kept_zh}。",
            en=f"Changed to {name}: {total:,} chunks embedded{kept_en}.",
        )
    else:
        sentence = session.say(
            zh=f"{name} 已在使用，无需重新向量化。", en=f"{name} is in use already; nothing was embedded."
        )
    if done.scale:
        lo, hi = f"{done.scale.lo:.2f}", f"{done.scale.lo + done.scale.width:.2f}"
        return sentence + session.say(
            zh=f"实测相似度范围：{lo} 到 {hi}。", en=f" Its similarities were measured: {lo} to {hi}."
        )
    if calibrate:
        return sentence + session.say(
            zh="文档太少，未能实测相似度范围。",
            en=" There are too few documents to measure its similarities on.",
        )
    return sentence


def _print(session: Session, record: dict[str, Any], sentence: str, as_json: bool) -> None:
    if as_json:
        print_json(record)
    else:
        click.echo(sentence)
