"""Memory: what a companion remembers of its student, open to that student alone."""

from domain.kit.texts import N_
from pages._crud.spec import TableSpec

SPECS: dict[str, TableSpec] = {
    spec.table: spec
    for spec in (
        TableSpec(
            "memory_nodes",
            sentence=N_("What your companion remembers."),
            icon="neurology",
            columns=(
                "content",
                "modality",
                "gravity",
                "confidence",
                "timestamp",
            ),
            private=True,
            empty=N_("Your companion remembers nothing yet."),
            related=(
                "memory_edges",
                "memory_contradictions",
            ),
        ),
        TableSpec(
            "memory_edges",
            sentence=N_("How memories belong together."),
            icon="conversion_path",
            columns=(
                "source_id",
                "type",
                "target_id",
                "weight",
                "valence",
            ),
            private=True,
            empty=N_("No connections between memories yet."),
        ),
        TableSpec(
            "memory_ledger",
            sentence=N_("Facts that are kept whole: promises, secrets, debts, instructions."),
            icon="book_2",
            columns=(
                "summary",
                "category",
                "importance",
                "is_active",
                "created_at",
            ),
            private=True,
            empty=N_("Nothing in the ledger yet."),
        ),
        TableSpec(
            "memory_contradictions",
            sentence=N_("Memories that say opposite things."),
            icon="compare_arrows",
            columns=(
                "node_a",
                "node_b",
                "strategy",
                "resolved",
                "detected_at",
            ),
            private=True,
            empty=N_("No contradictions: your memories agree."),
        ),
        TableSpec(
            "student_world_overlay",
            sentence=N_("What you know of the shared world."),
            icon="foggy",
            columns=(
                "student_id",
                "updated_at",
                "version",
            ),
            private=True,
            empty=N_("No known world yet."),
        ),
        TableSpec(
            "memory_graphs",
            sentence=N_("Your memory as a whole: how much there is, and how old."),
            icon="hub",
            columns=(
                "student_id",
                "node_count",
                "edge_count",
                "snr",
                "compression_passes",
                "newest_memory",
            ),
            empty=N_("Your companion has no memory of you yet."),
            related=(
                "memory_nodes",
                "memory_ledger",
            ),
        ),
    )
}
