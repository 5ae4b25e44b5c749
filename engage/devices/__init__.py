"""Paired scanners and tills: own token, revocable, limited to what they are for."""
