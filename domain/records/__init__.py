"""Reading and writing any table, from what its model says: checks, pages of rows, labels, what depends on a record."""
