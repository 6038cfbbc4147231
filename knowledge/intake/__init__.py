"""From bytes to a stored version: unpacked and read in confined processes, chunked, embedded, stored."""
