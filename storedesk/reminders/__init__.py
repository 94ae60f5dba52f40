"""The clock's bell: it rings, others look what is due."""
