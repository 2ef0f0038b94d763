"""What SQLite can, beyond the suite's careful defaults, and what it can't; one list for both engines."""

from typing import Any

from sqlalchemy.testing import exclusions
from sqlalchemy.testing.requirements import SuiteRequirements


def words(text: str) -> list[str]:
    """The names in a text, of which there are many."""
    return text.split()


CAN = words("""
    autocommit boolean_col_expressions check_constraint_reflection computed_columns computed_columns_reflect_persisted
    computed_columns_stored computed_columns_virtual create_table_as ctes ctes_with_update_delete date_historic
    datetime_historic dbapi_lastrowid except_ expression_server_defaults fk_constraint_option_reflection_ondelete_noaction
    fk_constraint_option_reflection_ondelete_restrict fk_constraint_option_reflection_onupdate_restrict
    foreign_key_constraint_name_reflection foreign_key_constraint_option_reflection_ondelete
    foreign_key_constraint_option_reflection_onupdate index_ddl_if_exists indexes_with_expressions infinity_floats
    inline_check_constraint_reflection intersect isolation_level json_type legacy_unconditional_json_extract nullsordering
    reflect_table_options reflects_pk_names regexp_match savepoints server_defaults skip_autocommit_rollback supports_bitwise_and
    supports_bitwise_not supports_bitwise_or supports_bitwise_shift table_ddl_if_exists timestamp_microseconds tuple_in
    unicode_ddl update_from views window_functions window_range window_range_numeric
""")
CANT = words("""
    cast_precision_numerics_many_significant_digits implicit_decimal_binds implicitly_named_constraints
    numeric_received_as_decimal_untyped parens_in_union_contained_select_w_limit_offset
    parens_in_union_contained_select_wo_limit_offset precision_numerics_enotation_large
    precision_numerics_retains_significant_digits
""")
SERVERS_CANT = {
    "schemas": "ATTACH DATABASE 'other.db' AS other",
    "temp_table_reflection": "CREATE TEMP TABLE passing (id INTEGER)",
    "temporary_tables": "CREATE TEMPORARY TABLE passing (id INTEGER)",
}
"""Left out on both, as whole classes of tests prepare by it: a requirement, and a statement of it that the server refuses."""


class Requirements(SuiteRequirements):
    """The suite asks this class what the database can."""

    def get_isolation_levels(self, config: Any) -> dict[str, Any]:
        """The level that nobody asked for, and those that can be."""
        return {"default": "SERIALIZABLE", "supported": config.db.dialect.get_isolation_level_values(None)}


for _names, _said in ((CAN, exclusions.open), ((*CANT, *SERVERS_CANT), exclusions.closed)):
    for _name in _names:
        assert hasattr(SuiteRequirements, _name), f"the suite knows no requirement {_name}"
        setattr(Requirements, _name, property(lambda _self, said=_said: said()))
