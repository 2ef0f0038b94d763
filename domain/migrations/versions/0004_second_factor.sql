ALTER TABLE sign_ins ADD COLUMN factor_at TIMESTAMP
-- next
CREATE TABLE second_factors (
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    secret TEXT,
    next_secret TEXT,
    last_step INTEGER,
    created_at TIMESTAMP NOT NULL,
    confirmed_at TIMESTAMP,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_second_factors PRIMARY KEY (id),
    CONSTRAINT uq_second_factors_user_id UNIQUE (user_id),
    CONSTRAINT ck_second_factors_last_step_range CHECK ("last_step" >= 0),
    CONSTRAINT fk_second_factors_user_id FOREIGN KEY(organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_second_factors_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_second_factors_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE TRIGGER tr_second_factors_school_stays BEFORE UPDATE OF organization_id ON second_factors WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: second_factors.organization_id'); END
-- next
CREATE TABLE recovery_codes (
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    code_hash TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    used_at TIMESTAMP,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_recovery_codes PRIMARY KEY (id),
    CONSTRAINT uq_recovery_codes_code_hash UNIQUE (code_hash),
    CONSTRAINT ck_recovery_codes_code_hash_filled CHECK ("code_hash" <> ''),
    CONSTRAINT fk_recovery_codes_user_id FOREIGN KEY(organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_recovery_codes_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_recovery_codes_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_recovery_codes_user_id ON recovery_codes (user_id)
-- next
CREATE TRIGGER tr_recovery_codes_school_stays BEFORE UPDATE OF organization_id ON recovery_codes WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: recovery_codes.organization_id'); END
-- next
CREATE TABLE sign_in_steps (
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    factor_at TIMESTAMP,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_sign_in_steps PRIMARY KEY (id),
    CONSTRAINT uq_sign_in_steps_token_hash UNIQUE (token_hash),
    CONSTRAINT ck_sign_in_steps_token_hash_filled CHECK ("token_hash" <> ''),
    CONSTRAINT fk_sign_in_steps_user_id FOREIGN KEY(organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_sign_in_steps_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_sign_in_steps_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_sign_in_steps_user_id ON sign_in_steps (user_id)
-- next
CREATE TRIGGER tr_sign_in_steps_school_stays BEFORE UPDATE OF organization_id ON sign_in_steps WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: sign_in_steps.organization_id'); END
