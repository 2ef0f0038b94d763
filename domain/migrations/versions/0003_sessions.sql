ALTER TABLE sign_ins ADD COLUMN browser TEXT
-- next
ALTER TABLE sign_ins ADD COLUMN address TEXT
-- next
CREATE TABLE sign_in_attempts (
    id TEXT NOT NULL,
    subject_hash TEXT NOT NULL,
    forgiven_at TIMESTAMP NOT NULL,
    last_at TIMESTAMP NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_sign_in_attempts PRIMARY KEY (id),
    CONSTRAINT uq_sign_in_attempts_subject_hash UNIQUE (subject_hash),
    CONSTRAINT ck_sign_in_attempts_subject_hash_filled CHECK ("subject_hash" <> '')
)
-- next
CREATE INDEX ix_sign_in_attempts_forgiven_at ON sign_in_attempts (forgiven_at)
-- next
CREATE TABLE reset_links (
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    made_by TEXT,
    code_hash TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_reset_links PRIMARY KEY (id),
    CONSTRAINT uq_reset_links_user_id UNIQUE (user_id),
    CONSTRAINT uq_reset_links_code_hash UNIQUE (code_hash),
    CONSTRAINT ck_reset_links_code_hash_filled CHECK ("code_hash" <> ''),
    CONSTRAINT fk_reset_links_user_id FOREIGN KEY(organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_reset_links_made_by FOREIGN KEY(organization_id, made_by) REFERENCES users (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_reset_links_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_reset_links_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_reset_links_made_by ON reset_links (made_by)
-- next
CREATE TRIGGER tr_reset_links_school_stays BEFORE UPDATE OF organization_id ON reset_links WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: reset_links.organization_id'); END
