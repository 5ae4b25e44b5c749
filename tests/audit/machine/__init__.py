"""A random hour of a whole city: every operation, in any order, with faults put in (case 41)."""
