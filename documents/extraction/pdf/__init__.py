"""Reads the text layer of a PDF as printed lines with their geometry."""

from documents.extraction.pdf.document import image_pages, open_pdf, read_pdf, read_text_pages

__all__ = ["image_pages", "open_pdf", "read_pdf", "read_text_pages"]
