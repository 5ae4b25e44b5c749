"""What points buy: rewards, reservations, redemption at the till."""
