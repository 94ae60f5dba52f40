"""Importing a foreign list: read, plan, save in one go, and undo it again.

What is decided about headers and cells is in ``operations.importing``; here it meets the desk.
"""

from __future__ import annotations
