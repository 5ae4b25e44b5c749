"""Proof that the books are right: every point, every attendance, every redemption."""
