"""What a pytest of its own runs: SQLAlchemy's suite needs a plugin, options and settings that ours would trip over."""
