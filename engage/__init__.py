"""Citizens take part, check in, earn points and redeem them with partners."""
