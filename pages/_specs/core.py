"""People: who is at the school, their families and addresses."""

from domain.kit.texts import N_
from pages._crud.spec import TableSpec

SPECS: dict[str, TableSpec] = {
    spec.table: spec
    for spec in (
        TableSpec(
            "users",
            sentence=N_("The school's people: find someone and open their record."),
            icon="groups",
            columns=(
                "first_name",
                "last_name",
                "role",
                "email",
                "phone",
                "birth_date",
                "is_active",
            ),
            filters=(
                "role",
                "is_active",
                "birth_date",
                "created_at",
            ),
            inline=(
                "first_name",
                "last_name",
                "email",
                "phone",
                "whatsapp",
                "birth_date",
                "is_active",
            ),
            form=(
                "first_name",
                "last_name",
                "role",
                "email",
                "phone",
                "whatsapp",
                "birth_date",
                "cpf",
                "is_active",
                "language",
                "avatar_url",
                "clerk_user_id",
            ),
            empty=N_("Nobody here yet. Add the first person: a student, a teacher, a guardian."),
            related=(
                "enrollments",
                "families",
                "attendance",
                "invoices",
                "placements",
            ),
        ),
        TableSpec(
            "families",
            sentence=N_("Who is responsible for whom, and what each guardian may see."),
            icon="family_restroom",
            columns=(
                "parent_id",
                "child_id",
                "relationship",
                "is_primary",
                "access",
                "lives_together",
            ),
            empty=N_("No family links yet. Link a guardian to a child."),
        ),
        TableSpec(
            "addresses",
            sentence=N_("Where people live and where invoices go."),
            icon="home_pin",
            columns=(
                "user_id",
                "type",
                "street",
                "number",
                "city",
                "state",
                "zip_code",
            ),
            empty=N_("No addresses yet."),
        ),
        TableSpec(
            "user_roles",
            sentence=N_("The roles that people hold; one person may hold several."),
            icon="badge",
            empty=N_("No roles yet."),
        ),
        TableSpec(
            "organizations",
            sentence=N_("Your school: its name and its settings."),
            icon="apartment",
            can_create=False,
            can_delete=False,
            columns=(
                "name",
                "slug",
                "created_at",
            ),
        ),
    )
}
