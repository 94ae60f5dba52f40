"""Scores of questionnaires (domain.md §9, K10)."""

from __future__ import annotations

from collections.abc import Mapping

_PER_POINT = 20
"""1–5 points become 20–100."""


def csi(scores: Mapping[str, float], weights: Mapping[str, float]) -> float | None:
    """Return the satisfaction index 20–100 of answered items, or None if nothing counts.

    Args:
        scores: 1–5 (or a mean of such) by item; 0 = 不表态, not counted.
        weights: percent by item; 0 = not counted. Weights are renormalised over what was answered.
    """
    counted = [
        (weights[item], score)
        for item, score in scores.items()
        if score > 0 and weights.get(item, 0) > 0
    ]
    total = sum(weight for weight, _ in counted)
    if not total:
        return None
    return sum(weight * score for weight, score in counted) / total * _PER_POINT
