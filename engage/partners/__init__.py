"""Places where points are redeemed: application, branches, team."""
