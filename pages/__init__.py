"""The pages: one file each, composed of parts. What is shown is decided here, what is allowed is decided in the domain."""
