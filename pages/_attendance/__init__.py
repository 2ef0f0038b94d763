"""Parts of the pages about attendance."""
