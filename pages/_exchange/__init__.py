"""The parts of the page of imports and exports."""
