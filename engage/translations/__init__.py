"""The languages of the city: one folder per language, one catalogue per part of the interface."""
