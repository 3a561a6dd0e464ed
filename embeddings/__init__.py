"""The offline half: documents to an index of passages. It knows nothing of questions."""
