"""The practice store."""
