"""The frame around all pages: menu, sign-in, guard, state, caches, errors, language and the one set of parts."""
