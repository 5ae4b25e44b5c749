"""Who may open what, what every answer carries, and what a list costs."""
