CREATE TABLE alert_supervisors (
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    added_by TEXT,
    created_at TIMESTAMP NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_alert_supervisors PRIMARY KEY (id),
    CONSTRAINT uq_alert_supervisors_user_id UNIQUE (user_id),
    CONSTRAINT fk_alert_supervisors_user_id FOREIGN KEY(organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_alert_supervisors_added_by FOREIGN KEY(added_by) REFERENCES users (id) ON DELETE SET NULL,
    CONSTRAINT fk_alert_supervisors_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_alert_supervisors_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_alert_supervisors_added_by ON alert_supervisors (added_by)
-- next
CREATE INDEX ix_alert_supervisors_order ON alert_supervisors (organization_id, created_at)
-- next
CREATE INDEX ix_alert_supervisors_user_id ON alert_supervisors (user_id)
-- next
CREATE TRIGGER tr_alert_supervisors_added_by_school_insert BEFORE INSERT ON alert_supervisors WHEN NEW.added_by IS NOT NULL AND NOT EXISTS (SELECT 1 FROM users WHERE id = NEW.added_by AND organization_id = NEW.organization_id) BEGIN SELECT RAISE(ABORT, 'wrong school: alert_supervisors.added_by'); END
-- next
CREATE TRIGGER tr_alert_supervisors_added_by_school_update BEFORE UPDATE OF added_by ON alert_supervisors WHEN NEW.added_by IS NOT NULL AND NOT EXISTS (SELECT 1 FROM users WHERE id = NEW.added_by AND organization_id = NEW.organization_id) BEGIN SELECT RAISE(ABORT, 'wrong school: alert_supervisors.added_by'); END
-- next
CREATE TRIGGER tr_alert_supervisors_school_stays BEFORE UPDATE OF organization_id ON alert_supervisors WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: alert_supervisors.organization_id'); END
-- next
CREATE TABLE alert_raisings (
    id TEXT NOT NULL,
    alert_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    role TEXT NOT NULL,
    home TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_alert_raisings PRIMARY KEY (id),
    CONSTRAINT uq_alert_raisings_alert_id UNIQUE (alert_id),
    CONSTRAINT ck_alert_raisings_role_set CHECK ("role" IN ('student', 'teacher', 'parent', 'staff', 'school', 'owner')),
    CONSTRAINT ck_alert_raisings_home_set CHECK ("home" IN ('no', 'maybe', 'unsure')),
    CONSTRAINT fk_alert_raisings_alert_id FOREIGN KEY(organization_id, alert_id) REFERENCES safety_alerts (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_alert_raisings_user_id FOREIGN KEY(organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_alert_raisings_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_alert_raisings_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_alert_raisings_alert_id ON alert_raisings (alert_id)
-- next
CREATE INDEX ix_alert_raisings_order ON alert_raisings (organization_id, created_at DESC)
-- next
CREATE INDEX ix_alert_raisings_user_id ON alert_raisings (user_id)
-- next
CREATE TRIGGER tr_alert_raisings_school_stays BEFORE UPDATE OF organization_id ON alert_raisings WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: alert_raisings.organization_id'); END
-- next
CREATE TRIGGER tr_alert_raisings_no_update BEFORE UPDATE ON alert_raisings BEGIN SELECT RAISE(ABORT, 'append only: alert_raisings'); END
-- next
CREATE TRIGGER tr_alert_raisings_no_delete BEFORE DELETE ON alert_raisings BEGIN SELECT RAISE(ABORT, 'append only: alert_raisings'); END
-- next
CREATE TABLE alert_releases (
    id TEXT NOT NULL,
    alert_id TEXT NOT NULL,
    guardian_id TEXT NOT NULL,
    decision TEXT NOT NULL,
    message TEXT,
    reason TEXT NOT NULL,
    user_id TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_alert_releases PRIMARY KEY (id),
    CONSTRAINT ck_alert_releases_released_with_words CHECK (decision = 'held' OR message IS NOT NULL),
    CONSTRAINT ck_alert_releases_decision_set CHECK ("decision" IN ('released', 'held')),
    CONSTRAINT ck_alert_releases_reason_filled CHECK ("reason" <> ''),
    CONSTRAINT fk_alert_releases_alert_id FOREIGN KEY(organization_id, alert_id) REFERENCES safety_alerts (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_alert_releases_guardian_id FOREIGN KEY(organization_id, guardian_id) REFERENCES users (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_alert_releases_user_id FOREIGN KEY(organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_alert_releases_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_alert_releases_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_alert_releases_alert_id ON alert_releases (alert_id)
-- next
CREATE INDEX ix_alert_releases_guardian_id ON alert_releases (guardian_id)
-- next
CREATE INDEX ix_alert_releases_order ON alert_releases (organization_id, created_at DESC)
-- next
CREATE INDEX ix_alert_releases_user_id ON alert_releases (user_id)
-- next
CREATE TRIGGER tr_alert_releases_school_stays BEFORE UPDATE OF organization_id ON alert_releases WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: alert_releases.organization_id'); END
-- next
CREATE TRIGGER tr_alert_releases_no_update BEFORE UPDATE ON alert_releases BEGIN SELECT RAISE(ABORT, 'append only: alert_releases'); END
-- next
CREATE TRIGGER tr_alert_releases_no_delete BEFORE DELETE ON alert_releases BEGIN SELECT RAISE(ABORT, 'append only: alert_releases'); END
-- next
CREATE TABLE alert_contests (
    id TEXT NOT NULL,
    alert_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    words TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_alert_contests PRIMARY KEY (id),
    CONSTRAINT ck_alert_contests_words_filled CHECK ("words" <> ''),
    CONSTRAINT fk_alert_contests_alert_id FOREIGN KEY(organization_id, alert_id) REFERENCES safety_alerts (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_alert_contests_user_id FOREIGN KEY(organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_alert_contests_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_alert_contests_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_alert_contests_alert_id ON alert_contests (alert_id)
-- next
CREATE INDEX ix_alert_contests_order ON alert_contests (organization_id, created_at DESC)
-- next
CREATE INDEX ix_alert_contests_user_id ON alert_contests (user_id)
-- next
CREATE TRIGGER tr_alert_contests_school_stays BEFORE UPDATE OF organization_id ON alert_contests WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: alert_contests.organization_id'); END
-- next
CREATE TRIGGER tr_alert_contests_no_update BEFORE UPDATE ON alert_contests BEGIN SELECT RAISE(ABORT, 'append only: alert_contests'); END
-- next
CREATE TRIGGER tr_alert_contests_no_delete BEFORE DELETE ON alert_contests BEGIN SELECT RAISE(ABORT, 'append only: alert_contests'); END
