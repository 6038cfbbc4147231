"""The assistant composes documents, metrics and a chat model into grounded answers, advice and plans."""
