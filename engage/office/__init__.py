"""What the programme office does: verify, decide reviews, adjust with a second person, cards."""
