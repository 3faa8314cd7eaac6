"""Reads a Word document (.docx) with its automatic numbers, as printed."""

from documents.extraction.docx.document import read_docx

__all__ = ["read_docx"]
