"""The doors: command line, HTTP API and Slack. They parse, ask the assistant, and render."""
