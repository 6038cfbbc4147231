"""Following a metric to its target: pace, forecast, and where the gap lies."""
