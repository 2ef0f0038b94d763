"""The engine on real databases: the libSQL servers, tokens and the faulty proxy that the tests use, and the tests themselves."""
