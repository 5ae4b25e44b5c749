"""Bodies that offer activities: application, verification, team, yearly budget."""
