"""What students work with: prompts, journal, graveyard, tasks, their constellation, and what they have earned."""
