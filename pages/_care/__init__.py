"""Parts of the pages about alerts."""
