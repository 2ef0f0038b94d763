"""What the school teaches: courses, their levels, modules, lessons and prompts, and the badges one can earn."""
