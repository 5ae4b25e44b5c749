"""A fictional, lively city to try every role in."""
