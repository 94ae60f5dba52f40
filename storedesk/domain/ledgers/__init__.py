"""Ledgers: typed views of records. Code reads a column only through the view of its ledger."""
