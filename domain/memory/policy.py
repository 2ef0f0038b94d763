"""Who may do what with a companion's memory: its student, and nobody else, school and owner included."""

from domain.access.grants import Policy, grant, rows

IN_A_GRAPH = ("memory_nodes", "memory_edges", "memory_ledger", "memory_contradictions")

POLICY: Policy = {
    "memory_graphs": grant(student=rows("own", "student_id", "CRUD")),
    "student_world_overlay": grant(student=rows("own", "student_id", "CRUD")),
    **{table: grant(student=rows("own_graph", "graph_id", "CRUD")) for table in IN_A_GRAPH},
}
