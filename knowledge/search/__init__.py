"""From a question to passages: candidates by words and by meaning, in both languages, scored and judged."""
