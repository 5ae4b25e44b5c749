"""Mail goes out from an outbox row that was written with the change it tells of."""
