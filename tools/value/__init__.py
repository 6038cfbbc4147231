"""What customers and channels are worth: revenue, repeat purchases, lifetime value, cost and return, budgets."""
