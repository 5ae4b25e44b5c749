"""Figures of the programme, frozen month by month, never about one person."""
