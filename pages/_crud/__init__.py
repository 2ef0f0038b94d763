"""The engine behind every table's page: from a model and a spec to a grid, a record, a form. Only `spec` is plain data."""
