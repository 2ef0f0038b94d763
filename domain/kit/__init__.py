"""Small things that everything stands on: money, ids, time, documents, texts, errors. Imports nothing of the house."""
