"""A whole database on its way: copied between files and servers, backed up, restored, and compared by digests."""
