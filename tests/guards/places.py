"""Where guards are looked for, and what is left out, with the reason."""

# Where guards are looked for. New files are found by themselves.
LOOKED_AT = (
    "domain/access/*.py",
    "domain/access/trail/*.py",
    "domain/*/scopes.py",
    "domain/operations/permits.py",
    "domain/operations/calendar_links.py",
    "domain/records/write.py",
    "domain/records/masks.py",
    "domain/records/locks.py",
    "domain/records/labels.py",
    "domain/records/related.py",
    "domain/records/dependents.py",
    "domain/records/query.py",
    "pages/_shell/*.py",
    "pages/_files/*.py",
)
# Where, besides, services ask for rights themselves.
SERVICES = ("domain/*/*.py", "domain/exchange/*/*.py")
NO_SERVICES = {"access", "db", "demo", "migrations", "kit", "graph", "crypto", "cli"}
# What only draws, or says how something looks, each with the reason why no right, route, session or header hangs on it.
ONLY_DRAWS = {
    "domain/access/explain.py": "says in words which rights there are; `decide` is asked by whatever uses them",
    "domain/access/words.py": "words",
    "domain/access/browser_names.py": "what a browser is called in the list of one's sign-ins",
    "pages/_shell/cells.py": "how a value looks",
    "pages/_shell/elsewhere.py": "the page for what isn't there; it shows nothing",
    "pages/_shell/enrolling.py": "whether a link is drawn; the page behind it asks by itself",
    "pages/_shell/entering.py": "draws the steps of signing in; `steps` and `sign_in` let through, by a token of their own",
    "pages/_shell/errors.py": "how an error is said",
    "pages/_shell/findings.py::findings_list": "whether a link is drawn for what `subject_link` gave",
    "pages/_shell/forgotten.py": "draws a form; `domain.access.forgotten` decides who gets a link",
    "pages/_shell/frame.py": "the frame around a page; the menu comes from the catalog",
    "pages/_shell/identities.py": "draws links and buttons; `domain.access.identities` and `invitations` decide",
    "pages/_shell/language.py": "in which language it speaks",
    "pages/_shell/later_step.py::draw": "draws what is asked; whether it is asked is decided in `is_under_way`",
    "pages/_shell/later_step.py::give_back": "puts back what was typed",
    "pages/_shell/later_step.py::_ask_code": "draws a form; the domain takes the code",
    "pages/_shell/lines.py": "lines of words",
    "pages/_shell/navigate.py": "whether a link is drawn; the page behind it asks by itself",
    "pages/_shell/new_password.py": "two fields, and whether they say the same",
    "pages/_shell/palette.py": "colours",
    "pages/_shell/parts.py": "parts of pages",
    "pages/_shell/provider_sign_in.py": "draws buttons, and what came of a try; `domain.access.identities` lets in",
    "pages/_shell/reset_link.py": "draws buttons; `my_factor.help_for` and `hand_out` decide",
    "pages/_shell/search.py": "draws what `domain.records.search` found within the rows",
    "pages/_shell/second_factor.py": "draws forms and buttons; `domain.access.my_factor` decides",
    "pages/_shell/spans.py": "how a figure is said; `domain.figures` decides what is told",
    "pages/_shell/trouble.py": "what is said while the database is away",
    "pages/_shell/worry.py": "whether a link is drawn; the page behind it asks by itself",
}
