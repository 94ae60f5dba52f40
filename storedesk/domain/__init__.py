"""The trade's own words: forms, records, ledgers, rules. Pure: no files, no clock, no library."""
