"""The command line: a stable contract for scripts and checks (design.md §8)."""
