"""The money side: months of partners, what the city owes, budgets, and what to look at."""
