"""What a person may ask of us: all that is stored, erasure, one account out of two."""
