"""What comes into the school as files, for any table: read, understood, tried, and written whole or not at all.

A file becomes a `sheet` of cells (`text_file`, `excel_file`); its `headings` say which column is which field; `cells` says what
each means, `references` and `spread` which records are named, by the `natural` keys that people know them by. `matching` finds
each row's record, `comparing` what it would change, `fresh` what would be new, `uniques` what others have already. `writing` does
it, and `importing` decides whether it stands.
"""
