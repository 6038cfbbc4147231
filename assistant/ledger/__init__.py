"""The ledger: where each numeral of an answer comes from."""
