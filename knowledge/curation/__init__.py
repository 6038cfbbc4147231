"""What people do to the documents: edits, marks, curated answers, and questions that nothing answers."""
