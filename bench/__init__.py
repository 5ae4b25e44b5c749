"""What the hot paths cost, beside a floor that does the least a database allows."""
