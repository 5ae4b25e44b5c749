"""People who can sign in, what identifies them at the door, and who read their data."""
