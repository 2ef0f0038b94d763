CREATE TABLE former_families (
    id TEXT NOT NULL,
    parent_id TEXT NOT NULL,
    child_id TEXT NOT NULL,
    ended_at TIMESTAMP NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_former_families PRIMARY KEY (id),
    CONSTRAINT fk_former_families_parent_id FOREIGN KEY(organization_id, parent_id) REFERENCES users (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_former_families_child_id FOREIGN KEY(organization_id, child_id) REFERENCES users (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_former_families_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_former_families_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_former_families_child_id ON former_families (child_id)
-- next
CREATE INDEX ix_former_families_parent_id ON former_families (parent_id)
-- next
CREATE TRIGGER tr_former_families_school_stays BEFORE UPDATE OF organization_id ON former_families WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: former_families.organization_id'); END
-- next
CREATE TRIGGER tr_families_former_delete AFTER DELETE ON families WHEN (SELECT COUNT(*) FROM users WHERE id IN (OLD.parent_id, OLD.child_id)) = 2 BEGIN INSERT INTO former_families (id, organization_id, parent_id, child_id, ended_at) VALUES (substr(OLD.id, 1, 10) || hex(randomblob(8)), OLD.organization_id, OLD.parent_id, OLD.child_id, strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'); END
-- next
CREATE TRIGGER tr_families_former_update AFTER UPDATE OF parent_id, child_id ON families WHEN (NEW.parent_id IS NOT OLD.parent_id OR NEW.child_id IS NOT OLD.child_id) AND (SELECT COUNT(*) FROM users WHERE id IN (OLD.parent_id, OLD.child_id)) = 2 BEGIN INSERT INTO former_families (id, organization_id, parent_id, child_id, ended_at) VALUES (substr(OLD.id, 1, 10) || hex(randomblob(8)), OLD.organization_id, OLD.parent_id, OLD.child_id, strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'); END
