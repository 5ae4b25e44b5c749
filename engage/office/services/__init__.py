"""What the programme office does: each act is written down with who, what, when and why."""
