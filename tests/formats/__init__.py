"""The source documents, set anew in every format they come in, read back and compared."""
