CREATE TABLE arrivals (
    id TEXT NOT NULL,
    state_hash TEXT NOT NULL,
    code_hash TEXT,
    identity TEXT,
    created_at TIMESTAMP NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_arrivals PRIMARY KEY (id),
    CONSTRAINT uq_arrivals_state_hash UNIQUE (state_hash),
    CONSTRAINT uq_arrivals_code_hash UNIQUE (code_hash),
    CONSTRAINT ck_arrivals_state_hash_filled CHECK ("state_hash" <> '')
)
-- next
CREATE INDEX ix_arrivals_created_at ON arrivals (created_at)
-- next
CREATE TABLE identities (
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    last_used_at TIMESTAMP,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_identities PRIMARY KEY (id),
    CONSTRAINT uq_identities_organization_id_issuer_subject UNIQUE (organization_id, issuer, subject),
    CONSTRAINT ck_identities_issuer_filled CHECK ("issuer" <> ''),
    CONSTRAINT ck_identities_subject_filled CHECK ("subject" <> ''),
    CONSTRAINT fk_identities_user_id FOREIGN KEY(organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_identities_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_identities_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_identities_issuer_subject ON identities (issuer, subject)
-- next
CREATE INDEX ix_identities_user_id ON identities (user_id)
-- next
CREATE TRIGGER tr_identities_school_stays BEFORE UPDATE OF organization_id ON identities WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: identities.organization_id'); END
-- next
CREATE TABLE invitations (
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    email TEXT NOT NULL,
    made_by TEXT,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_invitations PRIMARY KEY (id),
    CONSTRAINT uq_invitations_user_id UNIQUE (user_id),
    CONSTRAINT ck_invitations_email_filled CHECK ("email" <> ''),
    CONSTRAINT fk_invitations_user_id FOREIGN KEY(organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_invitations_made_by FOREIGN KEY(organization_id, made_by) REFERENCES users (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_invitations_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_invitations_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_invitations_email ON invitations (email)
-- next
CREATE INDEX ix_invitations_made_by ON invitations (made_by)
-- next
CREATE TRIGGER tr_invitations_school_stays BEFORE UPDATE OF organization_id ON invitations WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: invitations.organization_id'); END
