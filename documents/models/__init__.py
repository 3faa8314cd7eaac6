"""What the portal keeps; other rooms import models from here."""

from documents.models.bookmark import Bookmark, BookmarkTag, Folder, FolderPlace
from documents.models.document import (
    Document,
    DocumentIssuer,
    FormerSlug,
    OtherName,
    Status,
    Validity,
)
from documents.models.job import Batch, Job, JobFile, JobPart, JobState, WorkerBeat
from documents.models.place import District, Issuer, IssuerCode, IssuerName
from documents.models.reference import Citation, DocumentName, Repeal
from documents.models.section import (
    DocumentElement,
    DocumentFootnote,
    FootnotePlace,
    Section,
    SectionTheme,
)
from documents.models.signature import Signature, SignatureBand
from documents.models.source_file import SourceFile
from documents.models.theme import Theme
from documents.models.version import DocumentVersion, FormerAnchor, Proposal

__all__ = [
    "Batch",
    "Bookmark",
    "BookmarkTag",
    "Citation",
    "District",
    "Document",
    "DocumentElement",
    "DocumentFootnote",
    "DocumentIssuer",
    "DocumentName",
    "DocumentVersion",
    "Folder",
    "FolderPlace",
    "FootnotePlace",
    "FormerAnchor",
    "FormerSlug",
    "Issuer",
    "IssuerCode",
    "IssuerName",
    "Job",
    "JobFile",
    "JobPart",
    "JobState",
    "OtherName",
    "Proposal",
    "Repeal",
    "Section",
    "SectionTheme",
    "Signature",
    "SignatureBand",
    "SourceFile",
    "Status",
    "Theme",
    "Validity",
    "WorkerBeat",
]
