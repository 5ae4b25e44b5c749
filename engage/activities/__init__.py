"""What citizens can take part in, when, and who has a place."""
