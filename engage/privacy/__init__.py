"""What a person may ask of us: everything stored, erasure, joining two accounts; and what time removes."""
