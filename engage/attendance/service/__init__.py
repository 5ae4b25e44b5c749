"""What organisers do about attendances besides checking in. Import all of it from here."""

from __future__ import annotations

from engage.attendance.service.adding import ByHand, Span, add_by_hand
from engage.attendance.service.annulling import Annulment, annul
from engage.attendance.service.correcting import Correction, Right, correct
from engage.attendance.service.leaving import check_out, close
from engage.attendance.service.posters import renew_poster, switch_poster

__all__ = [
    "Annulment",
    "ByHand",
    "Correction",
    "Right",
    "Span",
    "add_by_hand",
    "annul",
    "check_out",
    "close",
    "correct",
    "renew_poster",
    "switch_poster",
]
