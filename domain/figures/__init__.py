"""Figures without names: how many people, and what is usual among them, never of fewer than five."""
