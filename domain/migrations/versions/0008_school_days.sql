CREATE TABLE clash_permits (
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    finding TEXT NOT NULL,
    told TEXT NOT NULL,
    reason TEXT NOT NULL,
    user_id TEXT,
    created_at TIMESTAMP NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    sort_text TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_clash_permits PRIMARY KEY (id),
    CONSTRAINT uq_clash_permits_organization_id_finding UNIQUE (organization_id, finding),
    CONSTRAINT ck_clash_permits_kind_filled CHECK ("kind" <> ''),
    CONSTRAINT ck_clash_permits_finding_filled CHECK ("finding" <> ''),
    CONSTRAINT ck_clash_permits_told_filled CHECK ("told" <> ''),
    CONSTRAINT ck_clash_permits_reason_filled CHECK ("reason" <> ''),
    CONSTRAINT fk_clash_permits_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE SET NULL,
    CONSTRAINT fk_clash_permits_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_clash_permits_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_clash_permits_order ON clash_permits (organization_id, created_at DESC)
-- next
CREATE INDEX ix_clash_permits_user_id ON clash_permits (user_id)
-- next
CREATE TRIGGER tr_clash_permits_user_id_school_insert BEFORE INSERT ON clash_permits WHEN NEW.user_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM users WHERE id = NEW.user_id AND organization_id = NEW.organization_id) BEGIN SELECT RAISE(ABORT, 'wrong school: clash_permits.user_id'); END
-- next
CREATE TRIGGER tr_clash_permits_user_id_school_update BEFORE UPDATE OF user_id ON clash_permits WHEN NEW.user_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM users WHERE id = NEW.user_id AND organization_id = NEW.organization_id) BEGIN SELECT RAISE(ABORT, 'wrong school: clash_permits.user_id'); END
-- next
CREATE TRIGGER tr_clash_permits_school_stays BEFORE UPDATE OF organization_id ON clash_permits WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: clash_permits.organization_id'); END
-- next
CREATE TABLE calendar_links (
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    role TEXT NOT NULL,
    kind TEXT NOT NULL,
    record_id TEXT,
    code_hash TEXT NOT NULL,
    last_used_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_calendar_links PRIMARY KEY (id),
    CONSTRAINT uq_calendar_links_code_hash UNIQUE (code_hash),
    CONSTRAINT ck_calendar_links_role_set CHECK ("role" IN ('student', 'teacher', 'parent', 'staff', 'school', 'owner')),
    CONSTRAINT ck_calendar_links_kind_set CHECK ("kind" IN ('mine', 'class', 'teacher', 'room', 'student')),
    CONSTRAINT ck_calendar_links_code_hash_filled CHECK ("code_hash" <> ''),
    CONSTRAINT fk_calendar_links_user_id FOREIGN KEY(organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_calendar_links_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_calendar_links_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_calendar_links_order ON calendar_links (organization_id, created_at DESC)
-- next
CREATE INDEX ix_calendar_links_user_id ON calendar_links (user_id)
-- next
CREATE TRIGGER tr_calendar_links_school_stays BEFORE UPDATE OF organization_id ON calendar_links WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: calendar_links.organization_id'); END
-- next
CREATE TABLE notices (
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    source TEXT NOT NULL,
    params JSON NOT NULL,
    table_name TEXT,
    record_id TEXT,
    sent_by TEXT,
    read_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_notices PRIMARY KEY (id),
    CONSTRAINT ck_notices_kind_filled CHECK ("kind" <> ''),
    CONSTRAINT ck_notices_source_filled CHECK ("source" <> ''),
    CONSTRAINT fk_notices_user_id FOREIGN KEY(organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_notices_sent_by FOREIGN KEY(sent_by) REFERENCES users (id) ON DELETE SET NULL,
    CONSTRAINT fk_notices_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_notices_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_notices_order ON notices (organization_id, created_at DESC)
-- next
CREATE INDEX ix_notices_sent_by ON notices (sent_by)
-- next
CREATE INDEX ix_notices_unread ON notices (organization_id, user_id) WHERE read_at IS NULL
-- next
CREATE INDEX ix_notices_user_id ON notices (user_id)
-- next
CREATE TRIGGER tr_notices_sent_by_school_insert BEFORE INSERT ON notices WHEN NEW.sent_by IS NOT NULL AND NOT EXISTS (SELECT 1 FROM users WHERE id = NEW.sent_by AND organization_id = NEW.organization_id) BEGIN SELECT RAISE(ABORT, 'wrong school: notices.sent_by'); END
-- next
CREATE TRIGGER tr_notices_sent_by_school_update BEFORE UPDATE OF sent_by ON notices WHEN NEW.sent_by IS NOT NULL AND NOT EXISTS (SELECT 1 FROM users WHERE id = NEW.sent_by AND organization_id = NEW.organization_id) BEGIN SELECT RAISE(ABORT, 'wrong school: notices.sent_by'); END
-- next
CREATE TRIGGER tr_notices_school_stays BEFORE UPDATE OF organization_id ON notices WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: notices.organization_id'); END
-- next
CREATE TABLE outgoing_mails (
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    address TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    status TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_try_at TIMESTAMP NOT NULL,
    sent_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_outgoing_mails PRIMARY KEY (id),
    CONSTRAINT ck_outgoing_mails_address_filled CHECK ("address" <> ''),
    CONSTRAINT ck_outgoing_mails_subject_filled CHECK ("subject" <> ''),
    CONSTRAINT ck_outgoing_mails_body_filled CHECK ("body" <> ''),
    CONSTRAINT ck_outgoing_mails_status_set CHECK ("status" IN ('queued', 'sent', 'failed')),
    CONSTRAINT ck_outgoing_mails_attempts_range CHECK ("attempts" >= 0),
    CONSTRAINT fk_outgoing_mails_user_id FOREIGN KEY(organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_outgoing_mails_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_outgoing_mails_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_outgoing_mails_order ON outgoing_mails (organization_id, created_at DESC)
-- next
CREATE INDEX ix_outgoing_mails_queued ON outgoing_mails (next_try_at) WHERE status = 'queued'
-- next
CREATE INDEX ix_outgoing_mails_user_id ON outgoing_mails (user_id)
-- next
CREATE TRIGGER tr_outgoing_mails_school_stays BEFORE UPDATE OF organization_id ON outgoing_mails WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: outgoing_mails.organization_id'); END
-- next
CREATE INDEX ix_placements_chosen_level_id ON placements (chosen_level_id)
-- next
CREATE TABLE placement_thresholds (
    id TEXT NOT NULL,
    course_type_id TEXT NOT NULL,
    level_id TEXT NOT NULL,
    from_score INTEGER NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_placement_thresholds PRIMARY KEY (id),
    CONSTRAINT uq_placement_thresholds_course_type_id_from_score UNIQUE (course_type_id, from_score),
    CONSTRAINT uq_placement_thresholds_level_id UNIQUE (level_id),
    CONSTRAINT ck_placement_thresholds_from_score_range CHECK ("from_score" >= 0 AND "from_score" <= 100),
    CONSTRAINT fk_placement_thresholds_course_type_id FOREIGN KEY(organization_id, course_type_id) REFERENCES course_types (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_placement_thresholds_level_id FOREIGN KEY(organization_id, level_id) REFERENCES levels (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_placement_thresholds_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_placement_thresholds_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_placement_thresholds_course_type_id ON placement_thresholds (course_type_id)
-- next
CREATE INDEX ix_placement_thresholds_level_id ON placement_thresholds (level_id)
-- next
CREATE INDEX ix_placement_thresholds_order ON placement_thresholds (organization_id, course_type_id, from_score)
-- next
CREATE TRIGGER tr_placement_thresholds_school_stays BEFORE UPDATE OF organization_id ON placement_thresholds WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: placement_thresholds.organization_id'); END
-- next
CREATE INDEX ix_enrollments_follows_id ON enrollments (follows_id)
-- next
CREATE TRIGGER tr_enrollments_follows_id_school_insert BEFORE INSERT ON enrollments WHEN NEW.follows_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM enrollments WHERE id = NEW.follows_id AND organization_id = NEW.organization_id) BEGIN SELECT RAISE(ABORT, 'wrong school: enrollments.follows_id'); END
-- next
CREATE TRIGGER tr_enrollments_follows_id_school_update BEFORE UPDATE OF follows_id ON enrollments WHEN NEW.follows_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM enrollments WHERE id = NEW.follows_id AND organization_id = NEW.organization_id) BEGIN SELECT RAISE(ABORT, 'wrong school: enrollments.follows_id'); END
-- next
CREATE TABLE waiting_entries (
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    class_id TEXT NOT NULL,
    status TEXT NOT NULL,
    offered_at TIMESTAMP,
    offer_ends_at TIMESTAMP,
    closed_at TIMESTAMP,
    notes TEXT,
    created_at TIMESTAMP NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_waiting_entries PRIMARY KEY (id),
    CONSTRAINT ck_waiting_entries_closed CHECK ((status IN ('waiting', 'offered')) = (closed_at IS NULL)),
    CONSTRAINT ck_waiting_entries_offer CHECK (status <> 'offered' OR offer_ends_at IS NOT NULL),
    CONSTRAINT ck_waiting_entries_status_set CHECK ("status" IN ('waiting', 'offered', 'enrolled', 'declined', 'expired', 'withdrawn')),
    CONSTRAINT fk_waiting_entries_user_id FOREIGN KEY(organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_waiting_entries_class_id FOREIGN KEY(organization_id, class_id) REFERENCES classes (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_waiting_entries_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_waiting_entries_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_waiting_entries_class_id ON waiting_entries (class_id)
-- next
CREATE INDEX ix_waiting_entries_order ON waiting_entries (organization_id, created_at)
-- next
CREATE UNIQUE INDEX uq_waiting_entries_open ON waiting_entries (user_id, class_id) WHERE closed_at IS NULL
-- next
CREATE TRIGGER tr_waiting_entries_school_stays BEFORE UPDATE OF organization_id ON waiting_entries WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: waiting_entries.organization_id'); END
-- next
CREATE INDEX ix_sessions_makes_up_id ON sessions (makes_up_id)
-- next
CREATE INDEX ix_sessions_room_id ON sessions (room_id)
-- next
CREATE INDEX ix_sessions_teacher_id ON sessions (teacher_id)
-- next
CREATE UNIQUE INDEX uq_sessions_planned ON sessions (schedule_id, planned_for) WHERE planned_for IS NOT NULL
-- next
CREATE TRIGGER tr_sessions_schedule_id_school_insert BEFORE INSERT ON sessions WHEN NEW.schedule_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM schedules WHERE id = NEW.schedule_id AND organization_id = NEW.organization_id) BEGIN SELECT RAISE(ABORT, 'wrong school: sessions.schedule_id'); END
-- next
CREATE TRIGGER tr_sessions_schedule_id_school_update BEFORE UPDATE OF schedule_id ON sessions WHEN NEW.schedule_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM schedules WHERE id = NEW.schedule_id AND organization_id = NEW.organization_id) BEGIN SELECT RAISE(ABORT, 'wrong school: sessions.schedule_id'); END
-- next
CREATE TRIGGER tr_sessions_makes_up_id_school_insert BEFORE INSERT ON sessions WHEN NEW.makes_up_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM sessions WHERE id = NEW.makes_up_id AND organization_id = NEW.organization_id) BEGIN SELECT RAISE(ABORT, 'wrong school: sessions.makes_up_id'); END
-- next
CREATE TRIGGER tr_sessions_makes_up_id_school_update BEFORE UPDATE OF makes_up_id ON sessions WHEN NEW.makes_up_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM sessions WHERE id = NEW.makes_up_id AND organization_id = NEW.organization_id) BEGIN SELECT RAISE(ABORT, 'wrong school: sessions.makes_up_id'); END
