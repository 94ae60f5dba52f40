"""Excel workbooks: read, edited as bytes without loss, created. Knows no ledger's rules."""
