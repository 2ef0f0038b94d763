CREATE TABLE retention_runs (
    id TEXT NOT NULL,
    at TIMESTAMP NOT NULL,
    records INTEGER NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_retention_runs PRIMARY KEY (id),
    CONSTRAINT ck_retention_runs_records_range CHECK ("records" >= 0),
    CONSTRAINT fk_retention_runs_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_retention_runs_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE TRIGGER tr_retention_runs_school_stays BEFORE UPDATE OF organization_id ON retention_runs WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: retention_runs.organization_id'); END
