"""Plain functions that make rows, one file per feature. What a test cares about, it passes in."""
