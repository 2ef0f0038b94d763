CREATE TABLE trail_entries (
    id TEXT NOT NULL,
    number INTEGER NOT NULL,
    at TIMESTAMP NOT NULL,
    unit TEXT NOT NULL,
    user_id TEXT,
    role TEXT,
    job TEXT,
    action TEXT NOT NULL,
    table_name TEXT NOT NULL,
    record_id TEXT,
    records INTEGER NOT NULL,
    before_digest TEXT,
    after_digest TEXT,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_trail_entries PRIMARY KEY (id),
    CONSTRAINT uq_trail_entries_organization_id_number UNIQUE (organization_id, number),
    CONSTRAINT ck_trail_entries_number_range CHECK ("number" >= 1),
    CONSTRAINT ck_trail_entries_unit_filled CHECK ("unit" <> ''),
    CONSTRAINT ck_trail_entries_role_set CHECK ("role" IN ('student', 'teacher', 'parent', 'staff', 'school', 'owner')),
    CONSTRAINT ck_trail_entries_action_set CHECK ("action" IN ('C', 'U', 'D')),
    CONSTRAINT ck_trail_entries_table_name_filled CHECK ("table_name" <> ''),
    CONSTRAINT ck_trail_entries_records_range CHECK ("records" >= 1),
    CONSTRAINT ck_trail_entries_previous_hash_filled CHECK ("previous_hash" <> ''),
    CONSTRAINT ck_trail_entries_hash_filled CHECK ("hash" <> ''),
    CONSTRAINT fk_trail_entries_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_trail_entries_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_trail_entries_record_id ON trail_entries (record_id)
-- next
CREATE TRIGGER tr_trail_entries_no_replace BEFORE INSERT ON trail_entries WHEN EXISTS (SELECT 1 FROM trail_entries WHERE id = NEW.id OR (organization_id = NEW.organization_id AND number = NEW.number)) BEGIN SELECT RAISE(ABORT, 'append only: trail_entries'); END
-- next
CREATE TRIGGER tr_trail_entries_school_stays BEFORE UPDATE OF organization_id ON trail_entries WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: trail_entries.organization_id'); END
-- next
CREATE TRIGGER tr_trail_entries_no_update BEFORE UPDATE ON trail_entries BEGIN SELECT RAISE(ABORT, 'append only: trail_entries'); END
-- next
CREATE TRIGGER tr_trail_entries_no_delete BEFORE DELETE ON trail_entries BEGIN SELECT RAISE(ABORT, 'append only: trail_entries'); END
-- next
CREATE TABLE trail_values (
    id TEXT NOT NULL,
    entry_id TEXT NOT NULL,
    record_id TEXT NOT NULL,
    "before" TEXT,
    "after" TEXT,
    salt TEXT,
    before_digest TEXT,
    after_digest TEXT,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_trail_values PRIMARY KEY (id),
    CONSTRAINT ck_trail_values_entry_id_filled CHECK ("entry_id" <> ''),
    CONSTRAINT ck_trail_values_record_id_filled CHECK ("record_id" <> ''),
    CONSTRAINT fk_trail_values_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_trail_values_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_trail_values_entry_id ON trail_values (entry_id)
-- next
CREATE INDEX ix_trail_values_record_id ON trail_values (record_id)
-- next
CREATE TRIGGER tr_trail_values_no_replace BEFORE INSERT ON trail_values WHEN EXISTS (SELECT 1 FROM trail_values WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'append only: trail_values'); END
-- next
CREATE TRIGGER tr_trail_values_only_emptied BEFORE UPDATE ON trail_values WHEN NOT (NEW.before IS NULL AND NEW.after IS NULL AND NEW.salt IS NULL AND NEW.id IS OLD.id AND NEW.organization_id IS OLD.organization_id AND NEW.row_version IS OLD.row_version AND NEW.entry_id IS OLD.entry_id AND NEW.record_id IS OLD.record_id AND NEW.before_digest IS OLD.before_digest AND NEW.after_digest IS OLD.after_digest) BEGIN SELECT RAISE(ABORT, 'append only: trail_values'); END
-- next
CREATE TRIGGER tr_trail_values_no_delete BEFORE DELETE ON trail_values BEGIN SELECT RAISE(ABORT, 'append only: trail_values'); END
-- next
CREATE TRIGGER tr_trail_values_school_stays BEFORE UPDATE OF organization_id ON trail_values WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: trail_values.organization_id'); END
