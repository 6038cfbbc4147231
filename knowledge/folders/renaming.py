"""Documents whose file has another name or folder than before: they keep their id, versions and citations."""

from pathlib import PurePosixPath

from sqlalchemy import and_, select, update

from knowledge.catalogue.database import write
from knowledge.catalogue.publication import publish
from knowledge.catalogue.reading import Catalogue
from knowledge.catalogue.schema import documents, versions
from knowledge.documents import Document
from knowledge.folders.folder import default_collection
from knowledge.intake.ingestion import prepare_version
from knowledge.loaders import is_archive
from knowledge.uploads import Upload


def rename_file(catalogue: Catalogue, upload: Upload, old: str) -> list[Document]:
    """Give the documents of a file a new source.

    Args:
        catalogue: Where they are kept.
        upload: The file as it is now; its bytes are those of before.
        old: Its source before.

    Returns:
        The documents as they now stand: one, or those of an archive.

    Raises:
        DocumentError: The file can no longer be read.
    """
    new = upload.source or upload.name
    origin = documents.c.origin == upload.origin
    of_file = and_(origin, (documents.c.source == old) | (documents.c.container == old))
    given = _read_given(upload, old)
    with write(catalogue.engine) as connection:
        ids = connection.execute(select(documents.c.id, documents.c.source).where(of_file)).all()
        for document_id, source in ids:
            place = {"source": new + source.removeprefix(old)}
            if is_archive(new):
                place["container"] = new
            elif given:
                of_version = and_(
                    versions.c.document_id == document_id,
                    versions.c.version
                    >= select(documents.c.version).where(documents.c.id == document_id).scalar_subquery(),
                )
                connection.execute(update(versions).where(of_version).values(given))
            connection.execute(update(documents).where(documents.c.id == document_id).values(place))
            publish(connection, document_id)
    return [catalogue.read_document(document_id, teams=None) for document_id, _ in ids]


def _read_given(upload: Upload, old: str) -> dict[str, str]:
    """Return what a document takes from its file's name and folder, where these matter."""
    new = upload.source or upload.name
    same_name = PurePosixPath(old).name == PurePosixPath(new).name
    if is_archive(new) or (same_name and default_collection(old) == default_collection(new)):
        return {}
    version, _ = prepare_version(upload, "")
    return {"title": version.title, "collection": version.collection, "file_name": version.file_name}
