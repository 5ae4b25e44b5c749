"""The points ledger. Other features call ``ledger.service`` and ask ``ledger.queries``."""
