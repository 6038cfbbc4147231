"""What is known of competitors: dated facts, their matrix on a day, and what changed between two days."""
