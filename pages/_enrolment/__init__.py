"""The page Enrolment: into a class, out of it, waiting for a seat, placement tests, and from one term into the next."""
