"""The trade's rules: pure functions of records, settings and a moment."""
