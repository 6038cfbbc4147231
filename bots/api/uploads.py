"""From a form to a stored document: its name, what is said of it, and whether the uploader may say so."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from assistant.access import Principal
from assistant.errors import AccessDenied
from assistant.language import Language
from bots.api.bodies import check_text
from bots.api.models import FileFailure, StoredArchive, StoredDocument, UploadRequest
from bots.api.problems import RequestError
from knowledge import Document, Failure, Ingested, KnowledgeBase, KnowledgeError, Notice, Upload
from knowledge.catalogue.history import tell_identical
from knowledge.catalogue.revisions import identify_document
from knowledge.intake.ingestion import source_of
from knowledge.intake.sandbox import prepare_in_sandbox
from knowledge.intake.unpacking import refuse_archive, unpack
from tools.errors import show

#: Marks what came in by this door, so that no folder's sync and no other uploader takes it for theirs.
_ORIGIN = "upload"
_LONGEST_NAME = 200


async def read_form(form: UploadRequest, asker: Principal) -> Upload:
    """Return the upload that a form describes.

    Raises:
        AccessDenied: The asker may not write, or not for these teams.
        RequestError: The file has no name, or a field is not text.
    """
    asker.require_editor()
    teams = _list(form.teams, "teams")
    if teams is not None:
        check_teams(teams, asker)
    fields = {"collection": form.collection, "title": form.title, "effective_date": form.effective_date}
    collection, title, effective_date = (
        check_text(value, name).strip() or None if value else None for name, value in fields.items()
    )
    return Upload(
        name=_file_name(form.file.filename or ""),
        data=await form.file.read(),
        origin=f"{_ORIGIN}:{asker.id}/{collection or ''}",
        collection=collection,
        teams=teams,
        title=title,
        tags=_list(form.tags, "tags"),
        effective_date=effective_date,
    )


def replacement(known: Document, upload: Upload) -> Upload:
    """Return the upload as the next version of a document, which keeps its collection and teams unless given."""
    return replace(
        upload,
        origin=known.origin,
        source=known.source,
        collection=upload.collection or known.collection,
        teams=known.teams if upload.teams is None else upload.teams,
    )


def find_id(upload: Upload) -> str:
    """Return the id that the document has or will have."""
    return identify_document(upload.origin, source_of(upload))


def ingest(knowledge: KnowledgeBase, upload: Upload, asker: Principal, language: Language) -> StoredDocument:
    """Take in an upload and return the document as it now stands.

    Raises:
        AccessDenied: Its front matter gives it teams that the asker is not in.
        KnowledgeError: It cannot be taken in; nothing was changed.
    """
    refuse_archive(upload)
    _check_own_teams(upload, asker)
    [outcome] = knowledge.ingest_many([upload])
    if isinstance(outcome, Failure):
        raise outcome.error
    return _describe(knowledge, outcome, asker, language)


def ingest_archive(
    knowledge: KnowledgeBase, upload: Upload, asker: Principal, language: Language
) -> StoredArchive:
    """Take in the documents of an archive and return them as they now stand, with what could not be taken in.

    Raises:
        AccessDenied, KnowledgeError: Nothing of it could be taken in; the error of the first file.
    """
    failed: list[tuple[str, AccessDenied | KnowledgeError]] = []
    outcomes = list(knowledge.ingest_many(_unpack_allowed(upload, asker, failed)))
    failed += [(outcome.source, outcome.error) for outcome in outcomes if isinstance(outcome, Failure)]
    stored = [
        _describe(knowledge, outcome, asker, language)
        for outcome in outcomes
        if isinstance(outcome, Ingested)
    ]
    if not stored and failed:
        raise failed[0][1]
    failures = [
        FileFailure(source=source, code=error.code, detail=error.in_language(language))
        for source, error in failed
    ]
    return StoredArchive(documents=tuple(stored), failures=tuple(failures))


def _unpack_allowed(
    upload: Upload, asker: Principal, failed: list[tuple[str, AccessDenied | KnowledgeError]]
) -> Iterator[Upload]:
    for member in unpack([upload]):
        if isinstance(member, Failure):
            failed.append((member.source, member.error))
            continue
        try:
            _check_own_teams(member, asker)
        except (AccessDenied, KnowledgeError) as error:
            failed.append((source_of(member), error))
        else:
            yield member


def _check_own_teams(upload: Upload, asker: Principal) -> None:
    """Refuse teams that a document gives itself and that the asker is not in."""
    if upload.teams is None and asker.role != "owner":
        check_teams(prepare_in_sandbox(upload.name, upload.data).metadata.get("teams", ()), asker)


def _describe(
    knowledge: KnowledgeBase, outcome: Ingested, asker: Principal, language: Language
) -> StoredDocument:
    document = outcome.document
    same = knowledge.history.identical([document.id], teams=asker.teams).get(document.id, ())
    notices = [*outcome.warnings, *tell_identical(same), *_library_notice(document)]
    return StoredDocument.of(
        outcome.document, outcome.status, [notice.in_language(language) for notice in notices]
    )


def check_teams(teams: Iterable[str], asker: Principal) -> None:
    """Refuse teams that the asker is not in, unless it is the owner.

    Raises:
        AccessDenied: Names them.
    """
    if asker.teams is None:
        return
    foreign = ", ".join(show(team) for team in teams if team not in asker.teams)
    if foreign:
        raise AccessDenied(
            en=f"teams can hold only teams that you are in; you are not in {foreign}.",
            zh=f"teams 只能填写自己所在的团队；您不在 {foreign} 中。",
            parameter="teams",
        )


def _library_notice(document: Document) -> Sequence[Notice]:
    if document.origin.startswith(f"{_ORIGIN}:"):
        return ()
    en = "This document is a file of a folder; the next `yunce ingest` puts the file's text back. Change the file too."
    return (
        Notice(
            en=en, zh="此文档来自文件夹中的文件，下次运行 yunce ingest 会恢复文件中的内容。请同时修改该文件。"
        ),
    )


def _file_name(given: str) -> str:
    name = PurePosixPath(check_text(given, "file").replace("\\", "/")).name.strip()
    if name and len(name) <= _LONGEST_NAME:
        return name
    raise RequestError(
        422,
        "invalid_request",
        en=f"file needs a file name of 1 to {_LONGEST_NAME} characters, with an extension such as .md.",
        zh=f"file 需要 1 到 {_LONGEST_NAME} 个字符的文件名，并带有 .md 等扩展名。",
        parameter="file",
    )


def _list(values: Sequence[str] | None, parameter: str) -> tuple[str, ...] | None:
    """Split repeated fields and commas alike; an empty field is an empty list, a missing one None."""
    if values is None:
        return None
    items = [item.strip() for value in values for item in re.split(r"[,,、]", check_text(value, parameter))]
    return tuple(dict.fromkeys(item for item in items if item))
