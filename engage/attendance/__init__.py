"""Who was there: check-in, hours claims, missing points, and what is being reviewed."""
