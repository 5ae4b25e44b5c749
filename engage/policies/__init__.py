"""The city's points rules, versioned, each from a date on."""
