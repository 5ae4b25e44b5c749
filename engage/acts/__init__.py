"""The record of what the office does: each act with who, to what, when and why."""
