"""The catalogue: documents, versions, chunks and vectors in SQL, the truth that the indexes follow."""
