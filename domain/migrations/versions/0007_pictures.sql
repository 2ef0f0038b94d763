CREATE TABLE pictures (
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    image BLOB NOT NULL,
    digest TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_pictures PRIMARY KEY (id),
    CONSTRAINT uq_pictures_user_id UNIQUE (user_id),
    CONSTRAINT ck_pictures_digest_filled CHECK ("digest" <> ''),
    CONSTRAINT fk_pictures_user_id FOREIGN KEY(organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_pictures_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_pictures_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE TRIGGER tr_pictures_school_stays BEFORE UPDATE OF organization_id ON pictures WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: pictures.organization_id'); END
