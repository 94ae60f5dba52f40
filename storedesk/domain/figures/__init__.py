"""Figures and facts of reports, as pure functions of the records (domain.md §9, §10.1)."""
