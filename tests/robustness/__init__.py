"""Bad input of any kind gets a sentence, never a 500."""
