CREATE TABLE organizations (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    slug TEXT NOT NULL,
    clerk_org_id TEXT,
    settings JSON NOT NULL,
    created_at TIMESTAMP NOT NULL,
    is_demo BOOLEAN NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    sort_text TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_organizations PRIMARY KEY (id),
    CONSTRAINT uq_organizations_slug UNIQUE (slug),
    CONSTRAINT uq_organizations_clerk_org_id UNIQUE (clerk_org_id),
    CONSTRAINT ck_organizations_name_filled CHECK ("name" <> ''),
    CONSTRAINT ck_organizations_slug_filled CHECK ("slug" <> ''),
    CONSTRAINT ck_organizations_is_demo_flag CHECK ("is_demo" IN (0, 1))
)
-- next
CREATE INDEX ix_organizations_order ON organizations (sort_text)
-- next
CREATE TABLE chart_of_accounts (
    id TEXT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    account_type TEXT NOT NULL,
    nature TEXT NOT NULL,
    classification TEXT,
    parent_id TEXT,
    level INTEGER NOT NULL,
    allows_posting BOOLEAN NOT NULL,
    is_system BOOLEAN NOT NULL,
    is_active BOOLEAN NOT NULL,
    cofins_applicable BOOLEAN NOT NULL,
    pis_applicable BOOLEAN NOT NULL,
    csll_applicable BOOLEAN NOT NULL,
    irpj_applicable BOOLEAN NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    sort_text TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_chart_of_accounts PRIMARY KEY (id),
    CONSTRAINT uq_chart_of_accounts_organization_id_code UNIQUE (organization_id, code),
    CONSTRAINT ck_chart_of_accounts_level_fits CHECK ((parent_id IS NULL) = (level = 1)),
    CONSTRAINT ck_chart_of_accounts_code_filled CHECK ("code" <> ''),
    CONSTRAINT ck_chart_of_accounts_name_filled CHECK ("name" <> ''),
    CONSTRAINT ck_chart_of_accounts_account_type_set CHECK ("account_type" IN ('asset', 'liability', 'equity', 'revenue', 'expense')),
    CONSTRAINT ck_chart_of_accounts_nature_set CHECK ("nature" IN ('debit', 'credit')),
    CONSTRAINT ck_chart_of_accounts_classification_set CHECK ("classification" IN ('circulante', 'nao_circulante', 'resultado', 'patrimonio_liquido', 'custos', 'despesas_operacionais')),
    CONSTRAINT ck_chart_of_accounts_level_range CHECK ("level" >= 1 AND "level" <= 20),
    CONSTRAINT ck_chart_of_accounts_allows_posting_flag CHECK ("allows_posting" IN (0, 1)),
    CONSTRAINT ck_chart_of_accounts_is_system_flag CHECK ("is_system" IN (0, 1)),
    CONSTRAINT ck_chart_of_accounts_is_active_flag CHECK ("is_active" IN (0, 1)),
    CONSTRAINT ck_chart_of_accounts_cofins_applicable_flag CHECK ("cofins_applicable" IN (0, 1)),
    CONSTRAINT ck_chart_of_accounts_pis_applicable_flag CHECK ("pis_applicable" IN (0, 1)),
    CONSTRAINT ck_chart_of_accounts_csll_applicable_flag CHECK ("csll_applicable" IN (0, 1)),
    CONSTRAINT ck_chart_of_accounts_irpj_applicable_flag CHECK ("irpj_applicable" IN (0, 1)),
    CONSTRAINT fk_chart_of_accounts_parent_id FOREIGN KEY(organization_id, parent_id) REFERENCES chart_of_accounts (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_chart_of_accounts_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_chart_of_accounts_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_chart_of_accounts_order ON chart_of_accounts (organization_id, code)
-- next
CREATE INDEX ix_chart_of_accounts_parent_id ON chart_of_accounts (parent_id)
-- next
CREATE TRIGGER tr_chart_of_accounts_tree_insert BEFORE INSERT ON chart_of_accounts WHEN NEW.parent_id IS NEW.id OR NEW.level <= (SELECT parent.level FROM chart_of_accounts AS parent WHERE parent.id = NEW.parent_id) BEGIN SELECT RAISE(ABORT, 'loop: chart_of_accounts.parent_id'); END
-- next
CREATE TRIGGER tr_chart_of_accounts_tree_update BEFORE UPDATE OF parent_id, level ON chart_of_accounts WHEN NEW.parent_id IS NEW.id OR NEW.level <= (SELECT parent.level FROM chart_of_accounts AS parent WHERE parent.id = NEW.parent_id) OR EXISTS (SELECT 1 FROM chart_of_accounts AS child WHERE child.parent_id = NEW.id AND child.level <= NEW.level) BEGIN SELECT RAISE(ABORT, 'loop: chart_of_accounts.parent_id'); END
-- next
CREATE TRIGGER tr_chart_of_accounts_school_stays BEFORE UPDATE OF organization_id ON chart_of_accounts WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: chart_of_accounts.organization_id'); END
-- next
CREATE TABLE users (
    id TEXT NOT NULL,
    clerk_user_id TEXT,
    email TEXT,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    role TEXT NOT NULL,
    phone TEXT,
    whatsapp TEXT,
    cpf TEXT,
    birth_date DATE,
    avatar_url TEXT,
    is_active BOOLEAN NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    language TEXT,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    sort_text TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_users PRIMARY KEY (id),
    CONSTRAINT uq_users_organization_id_email UNIQUE (organization_id, email),
    CONSTRAINT uq_users_organization_id_cpf UNIQUE (organization_id, cpf),
    CONSTRAINT uq_users_clerk_user_id UNIQUE (clerk_user_id),
    CONSTRAINT ck_users_first_name_filled CHECK ("first_name" <> ''),
    CONSTRAINT ck_users_last_name_filled CHECK ("last_name" <> ''),
    CONSTRAINT ck_users_role_set CHECK ("role" IN ('student', 'teacher', 'parent', 'staff', 'school', 'owner')),
    CONSTRAINT ck_users_is_active_flag CHECK ("is_active" IN (0, 1)),
    CONSTRAINT fk_users_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_users_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX idx_users_org_role ON users (organization_id, role)
-- next
CREATE INDEX ix_users_order ON users (organization_id, sort_text)
-- next
CREATE TRIGGER tr_users_school_stays BEFORE UPDATE OF organization_id ON users WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: users.organization_id'); END
-- next
CREATE TABLE course_types (
    id TEXT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    color TEXT,
    is_active BOOLEAN NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    sort_text TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_course_types PRIMARY KEY (id),
    CONSTRAINT uq_course_types_organization_id_code UNIQUE (organization_id, code),
    CONSTRAINT ck_course_types_code_filled CHECK ("code" <> ''),
    CONSTRAINT ck_course_types_name_filled CHECK ("name" <> ''),
    CONSTRAINT ck_course_types_is_active_flag CHECK ("is_active" IN (0, 1)),
    CONSTRAINT fk_course_types_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_course_types_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_course_types_order ON course_types (organization_id, sort_text)
-- next
CREATE TRIGGER tr_course_types_school_stays BEFORE UPDATE OF organization_id ON course_types WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: course_types.organization_id'); END
-- next
CREATE TABLE badges (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    icon TEXT,
    color TEXT,
    category TEXT NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    sort_text TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_badges PRIMARY KEY (id),
    CONSTRAINT uq_badges_organization_id_name UNIQUE (organization_id, name),
    CONSTRAINT ck_badges_name_filled CHECK ("name" <> ''),
    CONSTRAINT ck_badges_category_set CHECK ("category" IN ('module', 'technique', 'streak', 'special')),
    CONSTRAINT fk_badges_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_badges_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_badges_order ON badges (organization_id, sort_text)
-- next
CREATE TRIGGER tr_badges_school_stays BEFORE UPDATE OF organization_id ON badges WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: badges.organization_id'); END
-- next
CREATE TABLE products (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    price REAL NOT NULL,
    type TEXT NOT NULL,
    recurrence TEXT NOT NULL,
    is_active BOOLEAN NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    sort_text TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_products PRIMARY KEY (id),
    CONSTRAINT uq_products_organization_id_name UNIQUE (organization_id, name),
    CONSTRAINT ck_products_name_filled CHECK ("name" <> ''),
    CONSTRAINT ck_products_price_range CHECK ("price" >= 0),
    CONSTRAINT ck_products_type_set CHECK ("type" IN ('tuition', 'material', 'enrollment', 'other')),
    CONSTRAINT ck_products_recurrence_set CHECK ("recurrence" IN ('monthly', 'once', 'yearly')),
    CONSTRAINT ck_products_is_active_flag CHECK ("is_active" IN (0, 1)),
    CONSTRAINT fk_products_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_products_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_products_order ON products (organization_id, sort_text)
-- next
CREATE TRIGGER tr_products_school_stays BEFORE UPDATE OF organization_id ON products WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: products.organization_id'); END
-- next
CREATE TABLE discounts (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    value REAL NOT NULL,
    conditions JSON NOT NULL,
    is_active BOOLEAN NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    sort_text TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_discounts PRIMARY KEY (id),
    CONSTRAINT uq_discounts_organization_id_name UNIQUE (organization_id, name),
    CONSTRAINT ck_discounts_percentage CHECK (type <> 'percentage' OR value <= 100),
    CONSTRAINT ck_discounts_name_filled CHECK ("name" <> ''),
    CONSTRAINT ck_discounts_type_set CHECK ("type" IN ('percentage', 'fixed')),
    CONSTRAINT ck_discounts_value_range CHECK ("value" >= 0),
    CONSTRAINT ck_discounts_is_active_flag CHECK ("is_active" IN (0, 1)),
    CONSTRAINT fk_discounts_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_discounts_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_discounts_order ON discounts (organization_id, sort_text)
-- next
CREATE TRIGGER tr_discounts_school_stays BEFORE UPDATE OF organization_id ON discounts WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: discounts.organization_id'); END
-- next
CREATE TABLE rooms (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    capacity INTEGER NOT NULL,
    is_active BOOLEAN NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    sort_text TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_rooms PRIMARY KEY (id),
    CONSTRAINT uq_rooms_organization_id_name UNIQUE (organization_id, name),
    CONSTRAINT ck_rooms_name_filled CHECK ("name" <> ''),
    CONSTRAINT ck_rooms_capacity_range CHECK ("capacity" >= 1 AND "capacity" <= 10000),
    CONSTRAINT ck_rooms_is_active_flag CHECK ("is_active" IN (0, 1)),
    CONSTRAINT fk_rooms_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_rooms_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_rooms_order ON rooms (organization_id, sort_text)
-- next
CREATE TRIGGER tr_rooms_school_stays BEFORE UPDATE OF organization_id ON rooms WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: rooms.organization_id'); END
-- next
CREATE TABLE terms (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    start_date DATE NOT NULL,
    end_date DATE NOT NULL,
    is_current BOOLEAN NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    sort_text TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_terms PRIMARY KEY (id),
    CONSTRAINT uq_terms_organization_id_name UNIQUE (organization_id, name),
    CONSTRAINT ck_terms_dates CHECK (start_date < end_date),
    CONSTRAINT ck_terms_name_filled CHECK ("name" <> ''),
    CONSTRAINT ck_terms_is_current_flag CHECK ("is_current" IN (0, 1)),
    CONSTRAINT fk_terms_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_terms_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_terms_order ON terms (organization_id, start_date DESC)
-- next
CREATE UNIQUE INDEX uq_terms_current ON terms (organization_id) WHERE is_current = 1
-- next
CREATE TRIGGER tr_terms_school_stays BEFORE UPDATE OF organization_id ON terms WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: terms.organization_id'); END
-- next
CREATE TABLE credentials (
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    changed_at TIMESTAMP NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_credentials PRIMARY KEY (id),
    CONSTRAINT uq_credentials_user_id UNIQUE (user_id),
    CONSTRAINT ck_credentials_password_hash_filled CHECK ("password_hash" <> ''),
    CONSTRAINT fk_credentials_user_id FOREIGN KEY(organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_credentials_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_credentials_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE TRIGGER tr_credentials_school_stays BEFORE UPDATE OF organization_id ON credentials WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: credentials.organization_id'); END
-- next
CREATE TABLE sign_ins (
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    role TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    is_ticket BOOLEAN NOT NULL,
    created_at TIMESTAMP NOT NULL,
    last_seen_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_sign_ins PRIMARY KEY (id),
    CONSTRAINT uq_sign_ins_token_hash UNIQUE (token_hash),
    CONSTRAINT ck_sign_ins_role_set CHECK ("role" IN ('student', 'teacher', 'parent', 'staff', 'school', 'owner')),
    CONSTRAINT ck_sign_ins_token_hash_filled CHECK ("token_hash" <> ''),
    CONSTRAINT ck_sign_ins_is_ticket_flag CHECK ("is_ticket" IN (0, 1)),
    CONSTRAINT fk_sign_ins_user_id FOREIGN KEY(organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_sign_ins_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_sign_ins_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_sign_ins_user_id ON sign_ins (user_id)
-- next
CREATE TRIGGER tr_sign_ins_school_stays BEFORE UPDATE OF organization_id ON sign_ins WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: sign_ins.organization_id'); END
-- next
CREATE TABLE cost_centers (
    id TEXT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    parent_id TEXT,
    level INTEGER NOT NULL,
    center_type TEXT NOT NULL,
    manager_id TEXT,
    annual_budget_cents INTEGER,
    monthly_budget_cents INTEGER,
    is_active BOOLEAN NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    sort_text TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_cost_centers PRIMARY KEY (id),
    CONSTRAINT uq_cost_centers_organization_id_code UNIQUE (organization_id, code),
    CONSTRAINT ck_cost_centers_level_fits CHECK ((parent_id IS NULL) = (level = 1)),
    CONSTRAINT ck_cost_centers_code_filled CHECK ("code" <> ''),
    CONSTRAINT ck_cost_centers_name_filled CHECK ("name" <> ''),
    CONSTRAINT ck_cost_centers_level_range CHECK ("level" >= 1 AND "level" <= 20),
    CONSTRAINT ck_cost_centers_center_type_set CHECK ("center_type" IN ('department', 'project', 'unit', 'branch')),
    CONSTRAINT ck_cost_centers_annual_budget_cents_range CHECK ("annual_budget_cents" >= 0),
    CONSTRAINT ck_cost_centers_monthly_budget_cents_range CHECK ("monthly_budget_cents" >= 0),
    CONSTRAINT ck_cost_centers_is_active_flag CHECK ("is_active" IN (0, 1)),
    CONSTRAINT fk_cost_centers_parent_id FOREIGN KEY(organization_id, parent_id) REFERENCES cost_centers (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_cost_centers_manager_id FOREIGN KEY(manager_id) REFERENCES users (id) ON DELETE SET NULL,
    CONSTRAINT fk_cost_centers_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_cost_centers_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_cost_centers_manager_id ON cost_centers (manager_id)
-- next
CREATE INDEX ix_cost_centers_order ON cost_centers (organization_id, code)
-- next
CREATE INDEX ix_cost_centers_parent_id ON cost_centers (parent_id)
-- next
CREATE TRIGGER tr_cost_centers_tree_insert BEFORE INSERT ON cost_centers WHEN NEW.parent_id IS NEW.id OR NEW.level <= (SELECT parent.level FROM cost_centers AS parent WHERE parent.id = NEW.parent_id) BEGIN SELECT RAISE(ABORT, 'loop: cost_centers.parent_id'); END
-- next
CREATE TRIGGER tr_cost_centers_tree_update BEFORE UPDATE OF parent_id, level ON cost_centers WHEN NEW.parent_id IS NEW.id OR NEW.level <= (SELECT parent.level FROM cost_centers AS parent WHERE parent.id = NEW.parent_id) OR EXISTS (SELECT 1 FROM cost_centers AS child WHERE child.parent_id = NEW.id AND child.level <= NEW.level) BEGIN SELECT RAISE(ABORT, 'loop: cost_centers.parent_id'); END
-- next
CREATE TRIGGER tr_cost_centers_manager_id_school_insert BEFORE INSERT ON cost_centers WHEN NEW.manager_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM users WHERE id = NEW.manager_id AND organization_id = NEW.organization_id) BEGIN SELECT RAISE(ABORT, 'wrong school: cost_centers.manager_id'); END
-- next
CREATE TRIGGER tr_cost_centers_manager_id_school_update BEFORE UPDATE OF manager_id ON cost_centers WHEN NEW.manager_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM users WHERE id = NEW.manager_id AND organization_id = NEW.organization_id) BEGIN SELECT RAISE(ABORT, 'wrong school: cost_centers.manager_id'); END
-- next
CREATE TRIGGER tr_cost_centers_school_stays BEFORE UPDATE OF organization_id ON cost_centers WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: cost_centers.organization_id'); END
-- next
CREATE TABLE journal_entries (
    id TEXT NOT NULL,
    entry_number INTEGER,
    reference_date DATE NOT NULL,
    posting_date DATE,
    fiscal_year INTEGER,
    fiscal_month INTEGER,
    description TEXT NOT NULL,
    memo TEXT,
    source_type TEXT NOT NULL,
    source_id TEXT,
    status TEXT NOT NULL,
    is_reversal BOOLEAN NOT NULL,
    reverses_entry_id TEXT,
    reversed_by_entry_id TEXT,
    created_by TEXT,
    posted_by TEXT,
    posted_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_journal_entries PRIMARY KEY (id),
    CONSTRAINT uq_journal_entries_organization_id_fiscal_year_fiscal_month_entry_number UNIQUE (organization_id, fiscal_year, fiscal_month, entry_number),
    CONSTRAINT ck_journal_entries_posted_complete CHECK (status NOT IN ('posted', 'reversed') OR (entry_number IS NOT NULL AND posting_date IS NOT NULL AND fiscal_year IS NOT NULL AND fiscal_month IS NOT NULL AND posted_at IS NOT NULL)),
    CONSTRAINT ck_journal_entries_reversed_by_one CHECK ((status = 'reversed') = (reversed_by_entry_id IS NOT NULL)),
    CONSTRAINT ck_journal_entries_reversal_of_one CHECK (is_reversal = (reverses_entry_id IS NOT NULL)),
    CONSTRAINT ck_journal_entries_entry_number_range CHECK ("entry_number" >= 1),
    CONSTRAINT ck_journal_entries_fiscal_year_range CHECK ("fiscal_year" >= 1900 AND "fiscal_year" <= 2200),
    CONSTRAINT ck_journal_entries_fiscal_month_range CHECK ("fiscal_month" >= 1 AND "fiscal_month" <= 12),
    CONSTRAINT ck_journal_entries_description_filled CHECK ("description" <> ''),
    CONSTRAINT ck_journal_entries_source_type_set CHECK ("source_type" IN ('payroll', 'invoice', 'payable', 'manual', 'adjustment', 'closing')),
    CONSTRAINT ck_journal_entries_status_set CHECK ("status" IN ('draft', 'posted', 'reversed', 'cancelled')),
    CONSTRAINT ck_journal_entries_is_reversal_flag CHECK ("is_reversal" IN (0, 1)),
    CONSTRAINT fk_journal_entries_reverses_entry_id FOREIGN KEY(organization_id, reverses_entry_id) REFERENCES journal_entries (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_journal_entries_reversed_by_entry_id FOREIGN KEY(organization_id, reversed_by_entry_id) REFERENCES journal_entries (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_journal_entries_created_by FOREIGN KEY(organization_id, created_by) REFERENCES users (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_journal_entries_posted_by FOREIGN KEY(organization_id, posted_by) REFERENCES users (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_journal_entries_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_journal_entries_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_journal_entries_created_by ON journal_entries (created_by)
-- next
CREATE INDEX ix_journal_entries_order ON journal_entries (organization_id, reference_date DESC)
-- next
CREATE INDEX ix_journal_entries_posted_by ON journal_entries (posted_by)
-- next
CREATE INDEX ix_journal_entries_reversed_by_entry_id ON journal_entries (reversed_by_entry_id)
-- next
CREATE INDEX ix_journal_entries_reverses_entry_id ON journal_entries (reverses_entry_id)
-- next
CREATE INDEX ix_journal_entries_source ON journal_entries (source_type, source_id)
-- next
CREATE UNIQUE INDEX uq_journal_entries_one_reversal ON journal_entries (organization_id, reverses_entry_id) WHERE status IN ('posted', 'reversed')
-- next
CREATE TRIGGER tr_journal_entries_begin_as_draft BEFORE INSERT ON journal_entries WHEN NEW.status IN ('posted', 'reversed') BEGIN SELECT RAISE(ABORT, 'unbalanced: journal_entries'); END
-- next
CREATE TRIGGER tr_journal_entries_balance BEFORE UPDATE OF status ON journal_entries WHEN OLD.status = 'draft' AND NEW.status = 'posted' AND ((SELECT count(*) FROM journal_entry_lines AS line WHERE line.entry_id = NEW.id) < 2 OR (SELECT sum(CASE line.entry_type WHEN 'debit' THEN line.amount_cents ELSE -line.amount_cents END) FROM journal_entry_lines AS line WHERE line.entry_id = NEW.id) <> 0 OR (SELECT count(DISTINCT line.currency) FROM journal_entry_lines AS line WHERE line.entry_id = NEW.id) > 1 OR EXISTS (SELECT 1 FROM journal_entry_lines AS line JOIN chart_of_accounts AS account ON account.id = line.account_id WHERE line.entry_id = NEW.id AND (account.allows_posting = 0 OR EXISTS (SELECT 1 FROM chart_of_accounts AS child WHERE child.parent_id = account.id)))) BEGIN SELECT RAISE(ABORT, 'unbalanced: journal_entries'); END
-- next
CREATE TRIGGER tr_journal_entries_reversal_of_posted BEFORE UPDATE OF status ON journal_entries WHEN OLD.status = 'draft' AND NEW.status = 'reversed' BEGIN SELECT RAISE(ABORT, 'locked: journal_entries'); END
-- next
CREATE TRIGGER tr_journal_entries_kept BEFORE UPDATE ON journal_entries WHEN OLD.status <> 'draft' AND NOT (NEW.id IS OLD.id AND NEW.organization_id IS OLD.organization_id AND NEW.entry_number IS OLD.entry_number AND NEW.reference_date IS OLD.reference_date AND NEW.posting_date IS OLD.posting_date AND NEW.fiscal_year IS OLD.fiscal_year AND NEW.fiscal_month IS OLD.fiscal_month AND NEW.description IS OLD.description AND NEW.memo IS OLD.memo AND NEW.source_type IS OLD.source_type AND NEW.source_id IS OLD.source_id AND NEW.is_reversal IS OLD.is_reversal AND NEW.reverses_entry_id IS OLD.reverses_entry_id AND NEW.created_by IS OLD.created_by AND NEW.posted_by IS OLD.posted_by AND NEW.posted_at IS OLD.posted_at AND NEW.created_at IS OLD.created_at AND ((NEW.status = OLD.status AND NEW.reversed_by_entry_id IS OLD.reversed_by_entry_id) OR (OLD.status = 'posted' AND NEW.status = 'reversed' AND EXISTS (SELECT 1 FROM journal_entries AS reversal WHERE reversal.id = NEW.reversed_by_entry_id AND reversal.id <> OLD.id AND reversal.reverses_entry_id = OLD.id AND reversal.status = 'posted')))) BEGIN SELECT RAISE(ABORT, 'locked: journal_entries'); END
-- next
CREATE TRIGGER tr_journal_entries_no_delete BEFORE DELETE ON journal_entries WHEN OLD.status <> 'draft' BEGIN SELECT RAISE(ABORT, 'locked: journal_entries'); END
-- next
CREATE TRIGGER tr_journal_entries_school_stays BEFORE UPDATE OF organization_id ON journal_entries WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: journal_entries.organization_id'); END
-- next
CREATE TABLE user_roles (
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    role TEXT NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_user_roles PRIMARY KEY (id),
    CONSTRAINT uq_user_roles_user_id_role UNIQUE (user_id, role),
    CONSTRAINT ck_user_roles_role_set CHECK ("role" IN ('student', 'teacher', 'parent', 'staff', 'school', 'owner')),
    CONSTRAINT fk_user_roles_user_id FOREIGN KEY(organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_user_roles_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_user_roles_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_user_roles_order ON user_roles (organization_id, user_id, role)
-- next
CREATE INDEX ix_user_roles_user_id ON user_roles (user_id)
-- next
CREATE TRIGGER tr_user_roles_start_delete BEFORE DELETE ON user_roles WHEN EXISTS (SELECT 1 FROM users WHERE id = OLD.user_id AND role = OLD.role) BEGIN SELECT RAISE(ABORT, 'locked: user_roles'); END
-- next
CREATE TRIGGER tr_user_roles_start_update BEFORE UPDATE OF user_id, role ON user_roles WHEN EXISTS (SELECT 1 FROM users WHERE id = OLD.user_id AND role = OLD.role) BEGIN SELECT RAISE(ABORT, 'locked: user_roles'); END
-- next
CREATE TRIGGER tr_user_roles_school_stays BEFORE UPDATE OF organization_id ON user_roles WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: user_roles.organization_id'); END
-- next
CREATE TABLE addresses (
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    type TEXT NOT NULL,
    street TEXT NOT NULL,
    number TEXT NOT NULL,
    complement TEXT,
    neighborhood TEXT,
    city TEXT NOT NULL,
    state TEXT NOT NULL,
    zip_code TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    sort_text TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_addresses PRIMARY KEY (id),
    CONSTRAINT uq_addresses_user_id_type UNIQUE (user_id, type),
    CONSTRAINT ck_addresses_type_set CHECK ("type" IN ('main', 'billing')),
    CONSTRAINT ck_addresses_street_filled CHECK ("street" <> ''),
    CONSTRAINT ck_addresses_number_filled CHECK ("number" <> ''),
    CONSTRAINT ck_addresses_city_filled CHECK ("city" <> ''),
    CONSTRAINT ck_addresses_state_filled CHECK ("state" <> ''),
    CONSTRAINT ck_addresses_zip_code_filled CHECK ("zip_code" <> ''),
    CONSTRAINT fk_addresses_user_id FOREIGN KEY(organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_addresses_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_addresses_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_addresses_order ON addresses (organization_id, sort_text)
-- next
CREATE INDEX ix_addresses_user_id ON addresses (user_id)
-- next
CREATE TRIGGER tr_addresses_school_stays BEFORE UPDATE OF organization_id ON addresses WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: addresses.organization_id'); END
-- next
CREATE TABLE families (
    id TEXT NOT NULL,
    parent_id TEXT NOT NULL,
    child_id TEXT NOT NULL,
    relationship TEXT NOT NULL,
    is_primary BOOLEAN NOT NULL,
    created_at TIMESTAMP NOT NULL,
    access TEXT NOT NULL,
    lives_together BOOLEAN NOT NULL,
    adult_agreed BOOLEAN NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_families PRIMARY KEY (id),
    CONSTRAINT uq_families_parent_id_child_id UNIQUE (parent_id, child_id),
    CONSTRAINT ck_families_not_oneself CHECK (parent_id <> child_id),
    CONSTRAINT ck_families_relationship_set CHECK ("relationship" IN ('mother', 'father', 'guardian', 'other')),
    CONSTRAINT ck_families_is_primary_flag CHECK ("is_primary" IN (0, 1)),
    CONSTRAINT ck_families_access_set CHECK ("access" IN ('all', 'none')),
    CONSTRAINT ck_families_lives_together_flag CHECK ("lives_together" IN (0, 1)),
    CONSTRAINT ck_families_adult_agreed_flag CHECK ("adult_agreed" IN (0, 1)),
    CONSTRAINT fk_families_parent_id FOREIGN KEY(organization_id, parent_id) REFERENCES users (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_families_child_id FOREIGN KEY(organization_id, child_id) REFERENCES users (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_families_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_families_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_families_child_id ON families (child_id)
-- next
CREATE INDEX ix_families_order ON families (organization_id, created_at DESC)
-- next
CREATE INDEX ix_families_parent_id ON families (parent_id)
-- next
CREATE TRIGGER tr_families_school_stays BEFORE UPDATE OF organization_id ON families WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: families.organization_id'); END
-- next
CREATE TABLE saved_views (
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    table_name TEXT NOT NULL,
    name TEXT NOT NULL,
    "query" TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    sort_text TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_saved_views PRIMARY KEY (id),
    CONSTRAINT uq_saved_views_user_id_table_name_name UNIQUE (user_id, table_name, name),
    CONSTRAINT ck_saved_views_table_name_filled CHECK ("table_name" <> ''),
    CONSTRAINT ck_saved_views_name_filled CHECK ("name" <> ''),
    CONSTRAINT ck_saved_views_query_filled CHECK ("query" <> ''),
    CONSTRAINT fk_saved_views_user_id FOREIGN KEY(organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_saved_views_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_saved_views_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_saved_views_order ON saved_views (organization_id, sort_text)
-- next
CREATE INDEX ix_saved_views_user_id ON saved_views (user_id)
-- next
CREATE TRIGGER tr_saved_views_school_stays BEFORE UPDATE OF organization_id ON saved_views WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: saved_views.organization_id'); END
-- next
CREATE TABLE leads (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    email TEXT,
    phone TEXT,
    source TEXT NOT NULL,
    status TEXT NOT NULL,
    interest TEXT,
    assigned_to TEXT,
    last_contact TIMESTAMP,
    notes TEXT,
    utm_source TEXT,
    utm_medium TEXT,
    utm_campaign TEXT,
    created_at TIMESTAMP NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    sort_text TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_leads PRIMARY KEY (id),
    CONSTRAINT ck_leads_name_filled CHECK ("name" <> ''),
    CONSTRAINT ck_leads_source_set CHECK ("source" IN ('website', 'referral', 'walk_in', 'ad')),
    CONSTRAINT ck_leads_status_set CHECK ("status" IN ('new', 'contacted', 'qualified', 'trial', 'enrolled', 'lost')),
    CONSTRAINT fk_leads_assigned_to FOREIGN KEY(assigned_to) REFERENCES users (id) ON DELETE SET NULL,
    CONSTRAINT fk_leads_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_leads_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_leads_assigned_to ON leads (assigned_to)
-- next
CREATE INDEX ix_leads_order ON leads (organization_id, created_at DESC)
-- next
CREATE TRIGGER tr_leads_assigned_to_school_insert BEFORE INSERT ON leads WHEN NEW.assigned_to IS NOT NULL AND NOT EXISTS (SELECT 1 FROM users WHERE id = NEW.assigned_to AND organization_id = NEW.organization_id) BEGIN SELECT RAISE(ABORT, 'wrong school: leads.assigned_to'); END
-- next
CREATE TRIGGER tr_leads_assigned_to_school_update BEFORE UPDATE OF assigned_to ON leads WHEN NEW.assigned_to IS NOT NULL AND NOT EXISTS (SELECT 1 FROM users WHERE id = NEW.assigned_to AND organization_id = NEW.organization_id) BEGIN SELECT RAISE(ABORT, 'wrong school: leads.assigned_to'); END
-- next
CREATE TRIGGER tr_leads_school_stays BEFORE UPDATE OF organization_id ON leads WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: leads.organization_id'); END
-- next
CREATE TABLE levels (
    id TEXT NOT NULL,
    course_type_id TEXT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    "order" INTEGER NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_levels PRIMARY KEY (id),
    CONSTRAINT uq_levels_course_type_id_code UNIQUE (course_type_id, code),
    CONSTRAINT ck_levels_code_filled CHECK ("code" <> ''),
    CONSTRAINT ck_levels_name_filled CHECK ("name" <> ''),
    CONSTRAINT ck_levels_order_range CHECK ("order" >= 0),
    CONSTRAINT fk_levels_course_type_id FOREIGN KEY(organization_id, course_type_id) REFERENCES course_types (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_levels_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_levels_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_levels_course_type_id ON levels (course_type_id)
-- next
CREATE INDEX ix_levels_order ON levels (organization_id, course_type_id, "order")
-- next
CREATE TRIGGER tr_levels_school_stays BEFORE UPDATE OF organization_id ON levels WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: levels.organization_id'); END
-- next
CREATE TABLE invoices (
    id TEXT NOT NULL,
    payer_id TEXT NOT NULL,
    student_id TEXT,
    amount REAL NOT NULL,
    discount_amount REAL NOT NULL,
    due_date DATE NOT NULL,
    paid_at TIMESTAMP,
    status TEXT NOT NULL,
    payment_method TEXT,
    external_id TEXT,
    items JSON NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_invoices PRIMARY KEY (id),
    CONSTRAINT uq_invoices_organization_id_external_id UNIQUE (organization_id, external_id),
    CONSTRAINT ck_invoices_discount_within_amount CHECK (discount_amount <= amount),
    CONSTRAINT ck_invoices_paid_with_date CHECK ((status = 'paid') = (paid_at IS NOT NULL)),
    CONSTRAINT ck_invoices_amount_range CHECK ("amount" >= 0),
    CONSTRAINT ck_invoices_discount_amount_range CHECK ("discount_amount" >= 0),
    CONSTRAINT ck_invoices_status_set CHECK ("status" IN ('pending', 'paid', 'overdue', 'cancelled')),
    CONSTRAINT ck_invoices_payment_method_set CHECK ("payment_method" IN ('pix', 'card', 'boleto', 'cash')),
    CONSTRAINT fk_invoices_payer_id FOREIGN KEY(organization_id, payer_id) REFERENCES users (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_invoices_student_id FOREIGN KEY(organization_id, student_id) REFERENCES users (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_invoices_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_invoices_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX idx_invoices_payer ON invoices (payer_id)
-- next
CREATE INDEX idx_invoices_status ON invoices (status)
-- next
CREATE INDEX ix_invoices_order ON invoices (organization_id, due_date DESC)
-- next
CREATE INDEX ix_invoices_student_id ON invoices (student_id)
-- next
CREATE TRIGGER tr_invoices_school_stays BEFORE UPDATE OF organization_id ON invoices WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: invoices.organization_id'); END
-- next
CREATE TABLE teacher_contracts (
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    payment_model TEXT NOT NULL,
    rate REAL NOT NULL,
    start_date DATE NOT NULL,
    end_date DATE,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_teacher_contracts PRIMARY KEY (id),
    CONSTRAINT ck_teacher_contracts_start_before_end CHECK (start_date <= end_date),
    CONSTRAINT ck_teacher_contracts_payment_model_set CHECK ("payment_model" IN ('hourly', 'per_class', 'fixed')),
    CONSTRAINT ck_teacher_contracts_rate_range CHECK ("rate" >= 0),
    CONSTRAINT fk_teacher_contracts_user_id FOREIGN KEY(organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_teacher_contracts_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_teacher_contracts_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_teacher_contracts_order ON teacher_contracts (organization_id, start_date DESC)
-- next
CREATE INDEX ix_teacher_contracts_user_id ON teacher_contracts (user_id)
-- next
CREATE TRIGGER tr_teacher_contracts_school_stays BEFORE UPDATE OF organization_id ON teacher_contracts WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: teacher_contracts.organization_id'); END
-- next
CREATE TABLE payouts (
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    amount REAL NOT NULL,
    period_start DATE NOT NULL,
    period_end DATE NOT NULL,
    status TEXT NOT NULL,
    approved_by TEXT,
    paid_at TIMESTAMP,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_payouts PRIMARY KEY (id),
    CONSTRAINT ck_payouts_amount_above_zero CHECK (amount > 0),
    CONSTRAINT ck_payouts_start_before_end CHECK (period_start <= period_end),
    CONSTRAINT ck_payouts_approved_by_another CHECK (approved_by <> user_id),
    CONSTRAINT ck_payouts_approved_by_someone CHECK (status = 'pending' OR approved_by IS NOT NULL),
    CONSTRAINT ck_payouts_paid_with_date CHECK ((status = 'paid') = (paid_at IS NOT NULL)),
    CONSTRAINT ck_payouts_amount_range CHECK ("amount" >= 0),
    CONSTRAINT ck_payouts_status_set CHECK ("status" IN ('pending', 'approved', 'paid')),
    CONSTRAINT fk_payouts_user_id FOREIGN KEY(organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_payouts_approved_by FOREIGN KEY(organization_id, approved_by) REFERENCES users (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_payouts_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_payouts_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_payouts_approved_by ON payouts (approved_by)
-- next
CREATE INDEX ix_payouts_order ON payouts (organization_id, period_start DESC)
-- next
CREATE INDEX ix_payouts_user_id ON payouts (user_id)
-- next
CREATE TRIGGER tr_payouts_school_stays BEFORE UPDATE OF organization_id ON payouts WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: payouts.organization_id'); END
-- next
CREATE TABLE memory_graphs (
    id TEXT NOT NULL,
    student_id TEXT NOT NULL,
    snr REAL NOT NULL,
    compression_passes INTEGER NOT NULL,
    loss_vector BLOB,
    node_count INTEGER NOT NULL,
    edge_count INTEGER NOT NULL,
    oldest_memory TIMESTAMP,
    newest_memory TIMESTAMP,
    version INTEGER NOT NULL,
    last_compressed TIMESTAMP,
    last_accessed TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_memory_graphs PRIMARY KEY (id),
    CONSTRAINT ck_memory_graphs_span CHECK (oldest_memory <= newest_memory),
    CONSTRAINT uq_memory_graphs_student_id UNIQUE (student_id),
    CONSTRAINT ck_memory_graphs_snr_range CHECK ("snr" >= 0),
    CONSTRAINT ck_memory_graphs_compression_passes_range CHECK ("compression_passes" >= 0),
    CONSTRAINT ck_memory_graphs_node_count_range CHECK ("node_count" >= 0),
    CONSTRAINT ck_memory_graphs_edge_count_range CHECK ("edge_count" >= 0),
    CONSTRAINT ck_memory_graphs_version_range CHECK ("version" >= 1),
    CONSTRAINT fk_memory_graphs_student_id FOREIGN KEY(organization_id, student_id) REFERENCES users (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_memory_graphs_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_memory_graphs_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_memory_graphs_order ON memory_graphs (organization_id, created_at DESC)
-- next
CREATE TRIGGER tr_memory_graphs_school_stays BEFORE UPDATE OF organization_id ON memory_graphs WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: memory_graphs.organization_id'); END
-- next
CREATE TABLE payment_methods (
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    method_type TEXT NOT NULL,
    label TEXT NOT NULL,
    is_default BOOLEAN NOT NULL,
    is_active BOOLEAN NOT NULL,
    is_verified BOOLEAN NOT NULL,
    bank_code TEXT,
    bank_name TEXT,
    agency_number TEXT,
    account_number TEXT,
    account_type TEXT,
    account_holder_name TEXT,
    account_holder_document TEXT,
    pix_key_type TEXT,
    pix_key TEXT,
    card_last_four TEXT,
    card_brand TEXT,
    card_expiry TEXT,
    wallet_provider TEXT,
    wallet_id TEXT,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    sort_text TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_payment_methods PRIMARY KEY (id),
    CONSTRAINT ck_payment_methods_bank_complete CHECK (method_type <> 'bank_transfer' OR (bank_code IS NOT NULL AND agency_number IS NOT NULL AND account_number IS NOT NULL)),
    CONSTRAINT ck_payment_methods_pix_complete CHECK (method_type <> 'pix' OR (pix_key_type IS NOT NULL AND pix_key IS NOT NULL)),
    CONSTRAINT ck_payment_methods_card_last_four_digits CHECK (card_last_four GLOB '[0-9][0-9][0-9][0-9]'),
    CONSTRAINT ck_payment_methods_method_type_set CHECK ("method_type" IN ('bank_transfer', 'pix', 'cash', 'credit_card', 'debit_card', 'digital_wallet')),
    CONSTRAINT ck_payment_methods_label_filled CHECK ("label" <> ''),
    CONSTRAINT ck_payment_methods_is_default_flag CHECK ("is_default" IN (0, 1)),
    CONSTRAINT ck_payment_methods_is_active_flag CHECK ("is_active" IN (0, 1)),
    CONSTRAINT ck_payment_methods_is_verified_flag CHECK ("is_verified" IN (0, 1)),
    CONSTRAINT ck_payment_methods_account_type_set CHECK ("account_type" IN ('checking', 'savings')),
    CONSTRAINT ck_payment_methods_pix_key_type_set CHECK ("pix_key_type" IN ('cpf', 'cnpj', 'email', 'phone', 'random')),
    CONSTRAINT fk_payment_methods_user_id FOREIGN KEY(organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_payment_methods_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_payment_methods_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_payment_methods_order ON payment_methods (organization_id, sort_text)
-- next
CREATE INDEX ix_payment_methods_user_id ON payment_methods (user_id)
-- next
CREATE UNIQUE INDEX uq_payment_methods_main ON payment_methods (organization_id, user_id, is_default) WHERE is_default = 1
-- next
CREATE TRIGGER tr_payment_methods_school_stays BEFORE UPDATE OF organization_id ON payment_methods WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: payment_methods.organization_id'); END
-- next
CREATE TABLE chat_sessions (
    id TEXT NOT NULL,
    student_id TEXT NOT NULL,
    started_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP,
    message_count INTEGER NOT NULL,
    metadata JSON NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_chat_sessions PRIMARY KEY (id),
    CONSTRAINT ck_chat_sessions_dates CHECK (ended_at >= started_at),
    CONSTRAINT ck_chat_sessions_message_count_range CHECK ("message_count" >= 0),
    CONSTRAINT fk_chat_sessions_student_id FOREIGN KEY(organization_id, student_id) REFERENCES users (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_chat_sessions_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_chat_sessions_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_chat_sessions_order ON chat_sessions (organization_id, started_at DESC)
-- next
CREATE INDEX ix_chat_sessions_student_id ON chat_sessions (student_id)
-- next
CREATE TRIGGER tr_chat_sessions_school_stays BEFORE UPDATE OF organization_id ON chat_sessions WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: chat_sessions.organization_id'); END
-- next
CREATE TABLE memory_integrity_hashes (
    id TEXT NOT NULL,
    student_id TEXT NOT NULL,
    graph_hash TEXT NOT NULL,
    ledger_hash TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_memory_integrity_hashes PRIMARY KEY (id),
    CONSTRAINT ck_memory_integrity_hashes_graph_hash_filled CHECK ("graph_hash" <> ''),
    CONSTRAINT ck_memory_integrity_hashes_ledger_hash_filled CHECK ("ledger_hash" <> ''),
    CONSTRAINT fk_memory_integrity_hashes_student_id FOREIGN KEY(organization_id, student_id) REFERENCES users (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_memory_integrity_hashes_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_memory_integrity_hashes_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_memory_integrity_hashes_order ON memory_integrity_hashes (organization_id, created_at DESC)
-- next
CREATE INDEX ix_memory_integrity_hashes_student_id ON memory_integrity_hashes (student_id)
-- next
CREATE TRIGGER tr_memory_integrity_hashes_school_stays BEFORE UPDATE OF organization_id ON memory_integrity_hashes WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: memory_integrity_hashes.organization_id'); END
-- next
CREATE TRIGGER tr_memory_integrity_hashes_no_update BEFORE UPDATE ON memory_integrity_hashes BEGIN SELECT RAISE(ABORT, 'append only: memory_integrity_hashes'); END
-- next
CREATE TRIGGER tr_memory_integrity_hashes_no_delete BEFORE DELETE ON memory_integrity_hashes BEGIN SELECT RAISE(ABORT, 'append only: memory_integrity_hashes'); END
-- next
CREATE TABLE memory_audit_log (
    id TEXT NOT NULL,
    student_id TEXT NOT NULL,
    operation TEXT NOT NULL,
    entity_type TEXT NOT NULL,
    entity_id TEXT,
    actor TEXT NOT NULL,
    details JSON NOT NULL,
    timestamp TIMESTAMP NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_memory_audit_log PRIMARY KEY (id),
    CONSTRAINT ck_memory_audit_log_operation_filled CHECK ("operation" <> ''),
    CONSTRAINT ck_memory_audit_log_entity_type_set CHECK ("entity_type" IN ('node', 'edge', 'ledger', 'graph', 'contradiction', 'overlay', 'key')),
    CONSTRAINT ck_memory_audit_log_actor_set CHECK ("actor" IN ('system', 'student', 'compression', 'school')),
    CONSTRAINT fk_memory_audit_log_student_id FOREIGN KEY(organization_id, student_id) REFERENCES users (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_memory_audit_log_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_memory_audit_log_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_memory_audit_log_order ON memory_audit_log (organization_id, timestamp DESC)
-- next
CREATE INDEX ix_memory_audit_log_student_id ON memory_audit_log (student_id)
-- next
CREATE TRIGGER tr_memory_audit_log_school_stays BEFORE UPDATE OF organization_id ON memory_audit_log WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: memory_audit_log.organization_id'); END
-- next
CREATE TRIGGER tr_memory_audit_log_no_update BEFORE UPDATE ON memory_audit_log BEGIN SELECT RAISE(ABORT, 'append only: memory_audit_log'); END
-- next
CREATE TRIGGER tr_memory_audit_log_no_delete BEFORE DELETE ON memory_audit_log BEGIN SELECT RAISE(ABORT, 'append only: memory_audit_log'); END
-- next
CREATE TABLE safety_alerts (
    id TEXT NOT NULL,
    student_id TEXT NOT NULL,
    level TEXT NOT NULL,
    reason TEXT NOT NULL,
    detected_by TEXT NOT NULL,
    detected_at TIMESTAMP NOT NULL,
    acknowledged_at TIMESTAMP,
    acknowledged_by TEXT,
    resolved_at TIMESTAMP,
    resolved_by TEXT,
    resolution_notes TEXT,
    notified_parents BOOLEAN NOT NULL,
    notified_authorities BOOLEAN NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_safety_alerts PRIMARY KEY (id),
    CONSTRAINT ck_safety_alerts_acknowledged_by_whom CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL)),
    CONSTRAINT ck_safety_alerts_resolved_by_whom CHECK ((resolved_at IS NULL) = (resolved_by IS NULL)),
    CONSTRAINT ck_safety_alerts_acknowledged_after CHECK (acknowledged_at >= detected_at),
    CONSTRAINT ck_safety_alerts_resolved_after CHECK (resolved_at >= detected_at AND resolved_at >= acknowledged_at),
    CONSTRAINT ck_safety_alerts_acknowledged_first CHECK (resolved_at IS NULL OR acknowledged_at IS NOT NULL),
    CONSTRAINT ck_safety_alerts_resolved_how CHECK (resolved_at IS NULL OR resolution_notes IS NOT NULL),
    CONSTRAINT ck_safety_alerts_level_set CHECK ("level" IN ('green', 'yellow', 'orange', 'red')),
    CONSTRAINT ck_safety_alerts_reason_filled CHECK ("reason" <> ''),
    CONSTRAINT ck_safety_alerts_detected_by_set CHECK ("detected_by" IN ('auditor', 'teacher', 'system', 'student', 'staff', 'school', 'parent')),
    CONSTRAINT ck_safety_alerts_notified_parents_flag CHECK ("notified_parents" IN (0, 1)),
    CONSTRAINT ck_safety_alerts_notified_authorities_flag CHECK ("notified_authorities" IN (0, 1)),
    CONSTRAINT fk_safety_alerts_student_id FOREIGN KEY(organization_id, student_id) REFERENCES users (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_safety_alerts_acknowledged_by FOREIGN KEY(organization_id, acknowledged_by) REFERENCES users (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_safety_alerts_resolved_by FOREIGN KEY(organization_id, resolved_by) REFERENCES users (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_safety_alerts_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_safety_alerts_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX idx_safety_alerts_level ON safety_alerts (level)
-- next
CREATE INDEX idx_safety_alerts_student ON safety_alerts (student_id)
-- next
CREATE INDEX idx_safety_alerts_unresolved ON safety_alerts (resolved_at) WHERE resolved_at IS NULL
-- next
CREATE INDEX ix_safety_alerts_acknowledged_by ON safety_alerts (acknowledged_by)
-- next
CREATE INDEX ix_safety_alerts_order ON safety_alerts (organization_id, detected_at DESC)
-- next
CREATE INDEX ix_safety_alerts_resolved_by ON safety_alerts (resolved_by)
-- next
CREATE TRIGGER tr_safety_alerts_school_stays BEFORE UPDATE OF organization_id ON safety_alerts WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: safety_alerts.organization_id'); END
-- next
CREATE TABLE wellbeing_snapshots (
    id TEXT NOT NULL,
    student_id TEXT NOT NULL,
    date DATE NOT NULL,
    engagement_score REAL,
    emotional_indicators JSON,
    session_count INTEGER NOT NULL,
    total_duration INTEGER NOT NULL,
    anomaly_flags JSON NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_wellbeing_snapshots PRIMARY KEY (id),
    CONSTRAINT uq_wellbeing_snapshots_student_id_date UNIQUE (student_id, date),
    CONSTRAINT ck_wellbeing_snapshots_engagement_score_range CHECK ("engagement_score" >= 0.0 AND "engagement_score" <= 1.0),
    CONSTRAINT ck_wellbeing_snapshots_session_count_range CHECK ("session_count" >= 0),
    CONSTRAINT ck_wellbeing_snapshots_total_duration_range CHECK ("total_duration" >= 0 AND "total_duration" <= 1440),
    CONSTRAINT fk_wellbeing_snapshots_student_id FOREIGN KEY(organization_id, student_id) REFERENCES users (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_wellbeing_snapshots_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_wellbeing_snapshots_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_wellbeing_snapshots_order ON wellbeing_snapshots (organization_id, date DESC)
-- next
CREATE INDEX ix_wellbeing_snapshots_student_id ON wellbeing_snapshots (student_id)
-- next
CREATE TRIGGER tr_wellbeing_snapshots_school_stays BEFORE UPDATE OF organization_id ON wellbeing_snapshots WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: wellbeing_snapshots.organization_id'); END
-- next
CREATE TABLE student_prompts (
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    title TEXT NOT NULL,
    system_prompt TEXT NOT NULL,
    user_template TEXT,
    character TEXT,
    technique TEXT,
    tags JSON NOT NULL,
    is_favorite BOOLEAN NOT NULL,
    created_at TIMESTAMP NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    sort_text TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_student_prompts PRIMARY KEY (id),
    CONSTRAINT ck_student_prompts_title_filled CHECK ("title" <> ''),
    CONSTRAINT ck_student_prompts_system_prompt_filled CHECK ("system_prompt" <> ''),
    CONSTRAINT ck_student_prompts_technique_set CHECK ("technique" IN ('orbit', 'slingshot', 'black_hole', 'constellation')),
    CONSTRAINT ck_student_prompts_is_favorite_flag CHECK ("is_favorite" IN (0, 1)),
    CONSTRAINT fk_student_prompts_user_id FOREIGN KEY(organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_student_prompts_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_student_prompts_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_student_prompts_order ON student_prompts (organization_id, created_at DESC)
-- next
CREATE INDEX ix_student_prompts_user_id ON student_prompts (user_id)
-- next
CREATE TRIGGER tr_student_prompts_school_stays BEFORE UPDATE OF organization_id ON student_prompts WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: student_prompts.organization_id'); END
-- next
CREATE TABLE graveyard_ideas (
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    idea TEXT NOT NULL,
    why_failed TEXT,
    learned TEXT,
    autopsy_complete BOOLEAN NOT NULL,
    created_at TIMESTAMP NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    sort_text TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_graveyard_ideas PRIMARY KEY (id),
    CONSTRAINT ck_graveyard_ideas_autopsy CHECK (autopsy_complete = 0 OR (why_failed IS NOT NULL AND learned IS NOT NULL)),
    CONSTRAINT ck_graveyard_ideas_idea_filled CHECK ("idea" <> ''),
    CONSTRAINT ck_graveyard_ideas_autopsy_complete_flag CHECK ("autopsy_complete" IN (0, 1)),
    CONSTRAINT fk_graveyard_ideas_user_id FOREIGN KEY(organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_graveyard_ideas_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_graveyard_ideas_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_graveyard_ideas_order ON graveyard_ideas (organization_id, created_at DESC)
-- next
CREATE INDEX ix_graveyard_ideas_user_id ON graveyard_ideas (user_id)
-- next
CREATE TRIGGER tr_graveyard_ideas_school_stays BEFORE UPDATE OF organization_id ON graveyard_ideas WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: graveyard_ideas.organization_id'); END
-- next
CREATE TABLE techniques (
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    technique TEXT NOT NULL,
    usage_count INTEGER NOT NULL,
    mastery_level REAL NOT NULL,
    last_used TIMESTAMP,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_techniques PRIMARY KEY (id),
    CONSTRAINT uq_techniques_user_id_technique UNIQUE (user_id, technique),
    CONSTRAINT ck_techniques_technique_set CHECK ("technique" IN ('orbit', 'slingshot', 'black_hole', 'constellation')),
    CONSTRAINT ck_techniques_usage_count_range CHECK ("usage_count" >= 0),
    CONSTRAINT ck_techniques_mastery_level_range CHECK ("mastery_level" >= 0.0 AND "mastery_level" <= 1.0),
    CONSTRAINT fk_techniques_user_id FOREIGN KEY(organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_techniques_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_techniques_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_techniques_order ON techniques (organization_id, user_id, technique)
-- next
CREATE INDEX ix_techniques_user_id ON techniques (user_id)
-- next
CREATE TRIGGER tr_techniques_school_stays BEFORE UPDATE OF organization_id ON techniques WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: techniques.organization_id'); END
-- next
CREATE TABLE todos (
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    title TEXT NOT NULL,
    description TEXT,
    urgency INTEGER NOT NULL,
    importance INTEGER NOT NULL,
    effort INTEGER NOT NULL,
    due_date DATE,
    completed BOOLEAN NOT NULL,
    created_at TIMESTAMP NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    sort_text TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_todos PRIMARY KEY (id),
    CONSTRAINT ck_todos_title_filled CHECK ("title" <> ''),
    CONSTRAINT ck_todos_urgency_range CHECK ("urgency" >= 1 AND "urgency" <= 10),
    CONSTRAINT ck_todos_importance_range CHECK ("importance" >= 1 AND "importance" <= 10),
    CONSTRAINT ck_todos_effort_range CHECK ("effort" >= 1 AND "effort" <= 10),
    CONSTRAINT ck_todos_completed_flag CHECK ("completed" IN (0, 1)),
    CONSTRAINT fk_todos_user_id FOREIGN KEY(organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_todos_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_todos_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_todos_order ON todos (organization_id, completed, importance DESC, urgency DESC)
-- next
CREATE INDEX ix_todos_user_id ON todos (user_id)
-- next
CREATE TRIGGER tr_todos_school_stays BEFORE UPDATE OF organization_id ON todos WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: todos.organization_id'); END
-- next
CREATE TABLE knowledge_nodes (
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    label TEXT NOT NULL,
    category TEXT,
    size REAL NOT NULL,
    x REAL NOT NULL,
    y REAL NOT NULL,
    z REAL NOT NULL,
    color TEXT,
    created_at TIMESTAMP NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    sort_text TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_knowledge_nodes PRIMARY KEY (id),
    CONSTRAINT uq_knowledge_nodes_user_id_id UNIQUE (user_id, id),
    CONSTRAINT ck_knowledge_nodes_label_filled CHECK ("label" <> ''),
    CONSTRAINT ck_knowledge_nodes_size_range CHECK ("size" >= 0.1 AND "size" <= 100),
    CONSTRAINT fk_knowledge_nodes_user_id FOREIGN KEY(organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_knowledge_nodes_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_knowledge_nodes_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_knowledge_nodes_order ON knowledge_nodes (organization_id, sort_text)
-- next
CREATE INDEX ix_knowledge_nodes_user_id ON knowledge_nodes (user_id)
-- next
CREATE TRIGGER tr_knowledge_nodes_school_stays BEFORE UPDATE OF organization_id ON knowledge_nodes WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: knowledge_nodes.organization_id'); END
-- next
CREATE TABLE journal_entry_lines (
    id TEXT NOT NULL,
    entry_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    cost_center_id TEXT,
    amount_cents INTEGER NOT NULL,
    currency TEXT NOT NULL,
    entry_type TEXT NOT NULL,
    description TEXT,
    tax_code TEXT,
    tax_amount_cents INTEGER,
    document_number TEXT,
    document_date DATE,
    line_number INTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_journal_entry_lines PRIMARY KEY (id),
    CONSTRAINT uq_journal_entry_lines_entry_id_line_number UNIQUE (entry_id, line_number),
    CONSTRAINT ck_journal_entry_lines_currency_code CHECK (currency GLOB '[A-Z][A-Z][A-Z]'),
    CONSTRAINT ck_journal_entry_lines_amount_cents_range CHECK ("amount_cents" >= 1),
    CONSTRAINT ck_journal_entry_lines_currency_filled CHECK ("currency" <> ''),
    CONSTRAINT ck_journal_entry_lines_entry_type_set CHECK ("entry_type" IN ('debit', 'credit')),
    CONSTRAINT ck_journal_entry_lines_tax_amount_cents_range CHECK ("tax_amount_cents" >= 0),
    CONSTRAINT ck_journal_entry_lines_line_number_range CHECK ("line_number" >= 1),
    CONSTRAINT fk_journal_entry_lines_entry_id FOREIGN KEY(organization_id, entry_id) REFERENCES journal_entries (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_journal_entry_lines_account_id FOREIGN KEY(organization_id, account_id) REFERENCES chart_of_accounts (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_journal_entry_lines_cost_center_id FOREIGN KEY(organization_id, cost_center_id) REFERENCES cost_centers (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_journal_entry_lines_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_journal_entry_lines_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_journal_entry_lines_account_id ON journal_entry_lines (account_id)
-- next
CREATE INDEX ix_journal_entry_lines_cost_center_id ON journal_entry_lines (cost_center_id)
-- next
CREATE INDEX ix_journal_entry_lines_entry_id ON journal_entry_lines (entry_id)
-- next
CREATE INDEX ix_journal_entry_lines_order ON journal_entry_lines (organization_id, entry_id, line_number)
-- next
CREATE TRIGGER tr_journal_entry_lines_no_insert BEFORE INSERT ON journal_entry_lines WHEN EXISTS (SELECT 1 FROM journal_entries AS entry WHERE entry.id = NEW.entry_id AND entry.status <> 'draft') BEGIN SELECT RAISE(ABORT, 'locked: journal_entry_lines'); END
-- next
CREATE TRIGGER tr_journal_entry_lines_no_update BEFORE UPDATE ON journal_entry_lines WHEN EXISTS (SELECT 1 FROM journal_entries AS entry WHERE entry.id = OLD.entry_id AND entry.status <> 'draft') OR EXISTS (SELECT 1 FROM journal_entries AS entry WHERE entry.id = NEW.entry_id AND entry.status <> 'draft') BEGIN SELECT RAISE(ABORT, 'locked: journal_entry_lines'); END
-- next
CREATE TRIGGER tr_journal_entry_lines_no_delete BEFORE DELETE ON journal_entry_lines WHEN EXISTS (SELECT 1 FROM journal_entries AS entry WHERE entry.id = OLD.entry_id AND entry.status <> 'draft') BEGIN SELECT RAISE(ABORT, 'locked: journal_entry_lines'); END
-- next
CREATE TRIGGER tr_journal_entry_lines_school_stays BEFORE UPDATE OF organization_id ON journal_entry_lines WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: journal_entry_lines.organization_id'); END
-- next
CREATE TABLE lead_interactions (
    id TEXT NOT NULL,
    lead_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    type TEXT NOT NULL,
    content TEXT NOT NULL,
    outcome TEXT,
    created_at TIMESTAMP NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_lead_interactions PRIMARY KEY (id),
    CONSTRAINT ck_lead_interactions_type_set CHECK ("type" IN ('call', 'email', 'whatsapp', 'meeting', 'note')),
    CONSTRAINT ck_lead_interactions_content_filled CHECK ("content" <> ''),
    CONSTRAINT fk_lead_interactions_lead_id FOREIGN KEY(organization_id, lead_id) REFERENCES leads (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_lead_interactions_user_id FOREIGN KEY(organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_lead_interactions_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_lead_interactions_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_lead_interactions_lead_id ON lead_interactions (lead_id)
-- next
CREATE INDEX ix_lead_interactions_order ON lead_interactions (organization_id, created_at DESC)
-- next
CREATE INDEX ix_lead_interactions_user_id ON lead_interactions (user_id)
-- next
CREATE TRIGGER tr_lead_interactions_school_stays BEFORE UPDATE OF organization_id ON lead_interactions WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: lead_interactions.organization_id'); END
-- next
CREATE TABLE referrals (
    id TEXT NOT NULL,
    referrer_id TEXT NOT NULL,
    referred_lead_id TEXT NOT NULL,
    converted BOOLEAN NOT NULL,
    reward_given BOOLEAN NOT NULL,
    reward_type TEXT,
    created_at TIMESTAMP NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_referrals PRIMARY KEY (id),
    CONSTRAINT uq_referrals_referred_lead_id UNIQUE (referred_lead_id),
    CONSTRAINT ck_referrals_reward_named CHECK (reward_given = 0 OR reward_type IS NOT NULL),
    CONSTRAINT ck_referrals_converted_flag CHECK ("converted" IN (0, 1)),
    CONSTRAINT ck_referrals_reward_given_flag CHECK ("reward_given" IN (0, 1)),
    CONSTRAINT ck_referrals_reward_type_set CHECK ("reward_type" IN ('discount', 'credit', 'gift')),
    CONSTRAINT fk_referrals_referrer_id FOREIGN KEY(organization_id, referrer_id) REFERENCES users (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_referrals_referred_lead_id FOREIGN KEY(organization_id, referred_lead_id) REFERENCES leads (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_referrals_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_referrals_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_referrals_order ON referrals (organization_id, created_at DESC)
-- next
CREATE INDEX ix_referrals_referred_lead_id ON referrals (referred_lead_id)
-- next
CREATE INDEX ix_referrals_referrer_id ON referrals (referrer_id)
-- next
CREATE TRIGGER tr_referrals_school_stays BEFORE UPDATE OF organization_id ON referrals WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: referrals.organization_id'); END
-- next
CREATE TABLE modules (
    id TEXT NOT NULL,
    level_id TEXT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    "order" INTEGER NOT NULL,
    points_required INTEGER NOT NULL,
    badge_id TEXT,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    sort_text TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_modules PRIMARY KEY (id),
    CONSTRAINT uq_modules_level_id_code UNIQUE (level_id, code),
    CONSTRAINT ck_modules_code_filled CHECK ("code" <> ''),
    CONSTRAINT ck_modules_name_filled CHECK ("name" <> ''),
    CONSTRAINT ck_modules_order_range CHECK ("order" >= 0),
    CONSTRAINT ck_modules_points_required_range CHECK ("points_required" >= 0),
    CONSTRAINT fk_modules_level_id FOREIGN KEY(organization_id, level_id) REFERENCES levels (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_modules_badge_id FOREIGN KEY(badge_id) REFERENCES badges (id) ON DELETE SET NULL,
    CONSTRAINT fk_modules_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_modules_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_modules_badge_id ON modules (badge_id)
-- next
CREATE INDEX ix_modules_level_id ON modules (level_id)
-- next
CREATE INDEX ix_modules_order ON modules (organization_id, level_id, "order")
-- next
CREATE TRIGGER tr_modules_badge_id_school_insert BEFORE INSERT ON modules WHEN NEW.badge_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM badges WHERE id = NEW.badge_id AND organization_id = NEW.organization_id) BEGIN SELECT RAISE(ABORT, 'wrong school: modules.badge_id'); END
-- next
CREATE TRIGGER tr_modules_badge_id_school_update BEFORE UPDATE OF badge_id ON modules WHEN NEW.badge_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM badges WHERE id = NEW.badge_id AND organization_id = NEW.organization_id) BEGIN SELECT RAISE(ABORT, 'wrong school: modules.badge_id'); END
-- next
CREATE TRIGGER tr_modules_school_stays BEFORE UPDATE OF organization_id ON modules WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: modules.organization_id'); END
-- next
CREATE TABLE transactions (
    id TEXT NOT NULL,
    invoice_id TEXT,
    amount REAL NOT NULL,
    type TEXT NOT NULL,
    method TEXT NOT NULL,
    external_id TEXT,
    processed_at TIMESTAMP NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_transactions PRIMARY KEY (id),
    CONSTRAINT uq_transactions_organization_id_external_id UNIQUE (organization_id, external_id),
    CONSTRAINT ck_transactions_amount_above_zero CHECK (amount > 0),
    CONSTRAINT ck_transactions_amount_range CHECK ("amount" >= 0),
    CONSTRAINT ck_transactions_type_set CHECK ("type" IN ('income', 'expense', 'refund')),
    CONSTRAINT ck_transactions_method_set CHECK ("method" IN ('pix', 'card', 'boleto', 'cash')),
    CONSTRAINT fk_transactions_invoice_id FOREIGN KEY(organization_id, invoice_id) REFERENCES invoices (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_transactions_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_transactions_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_transactions_invoice_id ON transactions (invoice_id)
-- next
CREATE INDEX ix_transactions_order ON transactions (organization_id, processed_at DESC)
-- next
CREATE TRIGGER tr_transactions_school_stays BEFORE UPDATE OF organization_id ON transactions WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: transactions.organization_id'); END
-- next
CREATE TABLE memory_nodes (
    id TEXT NOT NULL,
    graph_id TEXT NOT NULL,
    content TEXT NOT NULL,
    content_hash TEXT,
    gravity REAL NOT NULL,
    salience REAL NOT NULL,
    confidence REAL NOT NULL,
    modality TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    timestamp TIMESTAMP NOT NULL,
    strength REAL NOT NULL,
    last_accessed TIMESTAMP,
    source_type TEXT,
    source_id TEXT,
    embedding BLOB,
    created_at TIMESTAMP NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_memory_nodes PRIMARY KEY (id),
    CONSTRAINT uq_memory_nodes_graph_id_id UNIQUE (graph_id, id),
    CONSTRAINT ck_memory_nodes_content_filled CHECK ("content" <> ''),
    CONSTRAINT ck_memory_nodes_gravity_range CHECK ("gravity" >= 0.0 AND "gravity" <= 1.0),
    CONSTRAINT ck_memory_nodes_salience_range CHECK ("salience" >= 0.0 AND "salience" <= 1.0),
    CONSTRAINT ck_memory_nodes_confidence_range CHECK ("confidence" >= 0.0 AND "confidence" <= 1.0),
    CONSTRAINT ck_memory_nodes_modality_set CHECK ("modality" IN ('episodic', 'semantic', 'procedural', 'emotional', 'sensory')),
    CONSTRAINT ck_memory_nodes_sequence_range CHECK ("sequence" >= 0),
    CONSTRAINT ck_memory_nodes_strength_range CHECK ("strength" >= 0.0 AND "strength" <= 1.0),
    CONSTRAINT ck_memory_nodes_source_type_set CHECK ("source_type" IN ('chat', 'lesson', 'system')),
    CONSTRAINT fk_memory_nodes_graph_id FOREIGN KEY(organization_id, graph_id) REFERENCES memory_graphs (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_memory_nodes_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_memory_nodes_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX idx_memory_nodes_graph ON memory_nodes (graph_id)
-- next
CREATE INDEX idx_memory_nodes_gravity ON memory_nodes (gravity DESC)
-- next
CREATE INDEX ix_memory_nodes_order ON memory_nodes (organization_id, gravity DESC)
-- next
CREATE TRIGGER tr_memory_nodes_school_stays BEFORE UPDATE OF organization_id ON memory_nodes WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: memory_nodes.organization_id'); END
-- next
CREATE TABLE memory_ledger (
    id TEXT NOT NULL,
    graph_id TEXT NOT NULL,
    content TEXT NOT NULL,
    summary TEXT,
    category TEXT NOT NULL,
    importance REAL NOT NULL,
    trigger_threshold REAL NOT NULL,
    linked_nodes JSON NOT NULL,
    triggers JSON NOT NULL,
    trigger_entities JSON NOT NULL,
    source_type TEXT,
    source_entity TEXT,
    source_date TIMESTAMP,
    is_active BOOLEAN NOT NULL,
    expires_at TIMESTAMP,
    access_count INTEGER NOT NULL,
    last_accessed TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_memory_ledger PRIMARY KEY (id),
    CONSTRAINT ck_memory_ledger_expiry CHECK (expires_at >= source_date),
    CONSTRAINT ck_memory_ledger_content_filled CHECK ("content" <> ''),
    CONSTRAINT ck_memory_ledger_category_set CHECK ("category" IN ('promise', 'secret', 'debt', 'threat', 'fact', 'instruction', 'observation')),
    CONSTRAINT ck_memory_ledger_importance_range CHECK ("importance" >= 0.0 AND "importance" <= 1.0),
    CONSTRAINT ck_memory_ledger_trigger_threshold_range CHECK ("trigger_threshold" >= 0.0 AND "trigger_threshold" <= 1.0),
    CONSTRAINT ck_memory_ledger_is_active_flag CHECK ("is_active" IN (0, 1)),
    CONSTRAINT ck_memory_ledger_access_count_range CHECK ("access_count" >= 0),
    CONSTRAINT fk_memory_ledger_graph_id FOREIGN KEY(organization_id, graph_id) REFERENCES memory_graphs (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_memory_ledger_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_memory_ledger_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX idx_memory_ledger_category ON memory_ledger (category)
-- next
CREATE INDEX idx_memory_ledger_graph ON memory_ledger (graph_id)
-- next
CREATE INDEX idx_memory_ledger_importance ON memory_ledger (importance DESC)
-- next
CREATE INDEX ix_memory_ledger_order ON memory_ledger (organization_id, importance DESC)
-- next
CREATE TRIGGER tr_memory_ledger_school_stays BEFORE UPDATE OF organization_id ON memory_ledger WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: memory_ledger.organization_id'); END
-- next
CREATE TABLE student_world_overlay (
    id TEXT NOT NULL,
    student_id TEXT NOT NULL,
    graph_id TEXT NOT NULL,
    known_nodes JSON NOT NULL,
    known_edges JSON NOT NULL,
    node_overrides JSON NOT NULL,
    relationship_cache JSON NOT NULL,
    stats JSON NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_student_world_overlay PRIMARY KEY (id),
    CONSTRAINT uq_student_world_overlay_student_id_graph_id UNIQUE (student_id, graph_id),
    CONSTRAINT ck_student_world_overlay_version_range CHECK ("version" >= 1),
    CONSTRAINT fk_student_world_overlay_student_id FOREIGN KEY(organization_id, student_id) REFERENCES users (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_student_world_overlay_graph_id FOREIGN KEY(organization_id, graph_id) REFERENCES memory_graphs (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_student_world_overlay_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_student_world_overlay_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_student_world_overlay_graph_id ON student_world_overlay (graph_id)
-- next
CREATE INDEX ix_student_world_overlay_order ON student_world_overlay (organization_id, updated_at DESC)
-- next
CREATE INDEX ix_student_world_overlay_student_id ON student_world_overlay (student_id)
-- next
CREATE TRIGGER tr_student_world_overlay_school_stays BEFORE UPDATE OF organization_id ON student_world_overlay WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: student_world_overlay.organization_id'); END
-- next
CREATE TABLE classes (
    id TEXT NOT NULL,
    term_id TEXT NOT NULL,
    level_id TEXT NOT NULL,
    teacher_id TEXT,
    room_id TEXT,
    name TEXT NOT NULL,
    max_students INTEGER NOT NULL,
    is_active BOOLEAN NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    sort_text TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_classes PRIMARY KEY (id),
    CONSTRAINT uq_classes_term_id_name UNIQUE (term_id, name),
    CONSTRAINT ck_classes_name_filled CHECK ("name" <> ''),
    CONSTRAINT ck_classes_max_students_range CHECK ("max_students" >= 1 AND "max_students" <= 10000),
    CONSTRAINT ck_classes_is_active_flag CHECK ("is_active" IN (0, 1)),
    CONSTRAINT fk_classes_term_id FOREIGN KEY(organization_id, term_id) REFERENCES terms (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_classes_level_id FOREIGN KEY(organization_id, level_id) REFERENCES levels (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_classes_teacher_id FOREIGN KEY(organization_id, teacher_id) REFERENCES users (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_classes_room_id FOREIGN KEY(organization_id, room_id) REFERENCES rooms (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_classes_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_classes_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_classes_level_id ON classes (level_id)
-- next
CREATE INDEX ix_classes_order ON classes (organization_id, sort_text)
-- next
CREATE INDEX ix_classes_room_id ON classes (room_id)
-- next
CREATE INDEX ix_classes_teacher_id ON classes (teacher_id)
-- next
CREATE INDEX ix_classes_term_id ON classes (term_id)
-- next
CREATE TRIGGER tr_classes_school_stays BEFORE UPDATE OF organization_id ON classes WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: classes.organization_id'); END
-- next
CREATE TABLE placements (
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    course_type_id TEXT NOT NULL,
    recommended_level_id TEXT,
    score INTEGER NOT NULL,
    tested_at TIMESTAMP NOT NULL,
    notes TEXT,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_placements PRIMARY KEY (id),
    CONSTRAINT ck_placements_score_range CHECK ("score" >= 0 AND "score" <= 100),
    CONSTRAINT fk_placements_user_id FOREIGN KEY(organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_placements_course_type_id FOREIGN KEY(organization_id, course_type_id) REFERENCES course_types (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_placements_recommended_level_id FOREIGN KEY(organization_id, recommended_level_id) REFERENCES levels (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_placements_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_placements_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_placements_course_type_id ON placements (course_type_id)
-- next
CREATE INDEX ix_placements_order ON placements (organization_id, tested_at DESC)
-- next
CREATE INDEX ix_placements_recommended_level_id ON placements (recommended_level_id)
-- next
CREATE INDEX ix_placements_user_id ON placements (user_id)
-- next
CREATE TRIGGER tr_placements_school_stays BEFORE UPDATE OF organization_id ON placements WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: placements.organization_id'); END
-- next
CREATE TABLE staff_payroll (
    id TEXT NOT NULL,
    contract_id TEXT,
    user_id TEXT NOT NULL,
    period_start DATE NOT NULL,
    period_end DATE NOT NULL,
    payment_due_date DATE NOT NULL,
    payroll_type TEXT NOT NULL,
    hours_worked REAL,
    hourly_rate_cents INTEGER,
    gross_amount_cents INTEGER NOT NULL,
    deductions JSON NOT NULL,
    total_deductions_cents INTEGER NOT NULL,
    additions JSON NOT NULL,
    total_additions_cents INTEGER NOT NULL,
    net_amount_cents INTEGER NOT NULL,
    paid_amount_cents INTEGER NOT NULL,
    status TEXT NOT NULL,
    approved_by TEXT,
    approved_at TIMESTAMP,
    calculated_by TEXT,
    calculated_at TIMESTAMP,
    paid_at TIMESTAMP,
    notes TEXT,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_staff_payroll PRIMARY KEY (id),
    CONSTRAINT ck_staff_payroll_start_before_end CHECK (period_start <= period_end),
    CONSTRAINT ck_staff_payroll_net_adds_up CHECK (net_amount_cents = gross_amount_cents - total_deductions_cents + total_additions_cents),
    CONSTRAINT ck_staff_payroll_paid_within_net CHECK (paid_amount_cents <= net_amount_cents),
    CONSTRAINT ck_staff_payroll_approved_by_another CHECK (approved_by <> user_id),
    CONSTRAINT ck_staff_payroll_approved_by_someone CHECK (status NOT IN ('approved', 'scheduled', 'partially_paid', 'paid') OR approved_by IS NOT NULL),
    CONSTRAINT ck_staff_payroll_partly_paid CHECK (status <> 'partially_paid' OR (paid_amount_cents > 0 AND paid_amount_cents < net_amount_cents)),
    CONSTRAINT ck_staff_payroll_paid_in_full CHECK (status <> 'paid' OR (paid_at IS NOT NULL AND paid_amount_cents = net_amount_cents)),
    CONSTRAINT ck_staff_payroll_cancelled_unpaid CHECK (status <> 'cancelled' OR paid_amount_cents = 0),
    CONSTRAINT ck_staff_payroll_payroll_type_set CHECK ("payroll_type" IN ('salary', 'hourly', 'bonus', 'commission', 'reimbursement', 'advance', 'other')),
    CONSTRAINT ck_staff_payroll_hours_worked_range CHECK ("hours_worked" >= 0),
    CONSTRAINT ck_staff_payroll_hourly_rate_cents_range CHECK ("hourly_rate_cents" >= 0),
    CONSTRAINT ck_staff_payroll_gross_amount_cents_range CHECK ("gross_amount_cents" >= 0),
    CONSTRAINT ck_staff_payroll_total_deductions_cents_range CHECK ("total_deductions_cents" >= 0),
    CONSTRAINT ck_staff_payroll_total_additions_cents_range CHECK ("total_additions_cents" >= 0),
    CONSTRAINT ck_staff_payroll_net_amount_cents_range CHECK ("net_amount_cents" >= 0),
    CONSTRAINT ck_staff_payroll_paid_amount_cents_range CHECK ("paid_amount_cents" >= 0),
    CONSTRAINT ck_staff_payroll_status_set CHECK ("status" IN ('draft', 'pending_approval', 'approved', 'scheduled', 'partially_paid', 'paid', 'cancelled', 'disputed')),
    CONSTRAINT fk_staff_payroll_contract_id FOREIGN KEY(organization_id, contract_id) REFERENCES teacher_contracts (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_staff_payroll_user_id FOREIGN KEY(organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_staff_payroll_approved_by FOREIGN KEY(organization_id, approved_by) REFERENCES users (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_staff_payroll_calculated_by FOREIGN KEY(organization_id, calculated_by) REFERENCES users (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_staff_payroll_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_staff_payroll_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_staff_payroll_approved_by ON staff_payroll (approved_by)
-- next
CREATE INDEX ix_staff_payroll_calculated_by ON staff_payroll (calculated_by)
-- next
CREATE INDEX ix_staff_payroll_contract_id ON staff_payroll (contract_id)
-- next
CREATE INDEX ix_staff_payroll_order ON staff_payroll (organization_id, period_start DESC)
-- next
CREATE INDEX ix_staff_payroll_user_id ON staff_payroll (user_id)
-- next
CREATE TRIGGER tr_staff_payroll_school_stays BEFORE UPDATE OF organization_id ON staff_payroll WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: staff_payroll.organization_id'); END
-- next
CREATE TABLE chat_messages (
    id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    role TEXT NOT NULL,
    content_encrypted BLOB NOT NULL,
    timestamp TIMESTAMP NOT NULL,
    tokens_used INTEGER,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_chat_messages PRIMARY KEY (id),
    CONSTRAINT ck_chat_messages_role_set CHECK ("role" IN ('user', 'assistant', 'system')),
    CONSTRAINT ck_chat_messages_tokens_used_range CHECK ("tokens_used" >= 0),
    CONSTRAINT fk_chat_messages_session_id FOREIGN KEY(organization_id, session_id) REFERENCES chat_sessions (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_chat_messages_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_chat_messages_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_chat_messages_order ON chat_messages (organization_id, session_id, timestamp)
-- next
CREATE INDEX ix_chat_messages_session_id ON chat_messages (session_id)
-- next
CREATE TRIGGER tr_chat_messages_school_stays BEFORE UPDATE OF organization_id ON chat_messages WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: chat_messages.organization_id'); END
-- next
CREATE TABLE alert_acknowledgments (
    id TEXT NOT NULL,
    alert_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    action_taken TEXT NOT NULL,
    notes TEXT,
    timestamp TIMESTAMP NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_alert_acknowledgments PRIMARY KEY (id),
    CONSTRAINT ck_alert_acknowledgments_action_taken_filled CHECK ("action_taken" <> ''),
    CONSTRAINT fk_alert_acknowledgments_alert_id FOREIGN KEY(organization_id, alert_id) REFERENCES safety_alerts (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_alert_acknowledgments_user_id FOREIGN KEY(organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_alert_acknowledgments_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_alert_acknowledgments_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_alert_acknowledgments_alert_id ON alert_acknowledgments (alert_id)
-- next
CREATE INDEX ix_alert_acknowledgments_order ON alert_acknowledgments (organization_id, timestamp DESC)
-- next
CREATE INDEX ix_alert_acknowledgments_user_id ON alert_acknowledgments (user_id)
-- next
CREATE TRIGGER tr_alert_acknowledgments_school_stays BEFORE UPDATE OF organization_id ON alert_acknowledgments WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: alert_acknowledgments.organization_id'); END
-- next
CREATE TRIGGER tr_alert_acknowledgments_no_update BEFORE UPDATE ON alert_acknowledgments BEGIN SELECT RAISE(ABORT, 'append only: alert_acknowledgments'); END
-- next
CREATE TRIGGER tr_alert_acknowledgments_no_delete BEFORE DELETE ON alert_acknowledgments BEGIN SELECT RAISE(ABORT, 'append only: alert_acknowledgments'); END
-- next
CREATE TABLE knowledge_edges (
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    source_id TEXT NOT NULL,
    target_id TEXT NOT NULL,
    label TEXT,
    strength REAL NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_knowledge_edges PRIMARY KEY (id),
    CONSTRAINT uq_knowledge_edges_source_id_target_id UNIQUE (source_id, target_id),
    CONSTRAINT ck_knowledge_edges_two_stars CHECK (source_id <> target_id),
    CONSTRAINT fk_knowledge_edges_source_id_same_student FOREIGN KEY(user_id, source_id) REFERENCES knowledge_nodes (user_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_knowledge_edges_target_id_same_student FOREIGN KEY(user_id, target_id) REFERENCES knowledge_nodes (user_id, id) ON DELETE CASCADE,
    CONSTRAINT ck_knowledge_edges_strength_range CHECK ("strength" >= 0.0 AND "strength" <= 1.0),
    CONSTRAINT fk_knowledge_edges_user_id FOREIGN KEY(organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_knowledge_edges_source_id FOREIGN KEY(organization_id, source_id) REFERENCES knowledge_nodes (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_knowledge_edges_target_id FOREIGN KEY(organization_id, target_id) REFERENCES knowledge_nodes (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_knowledge_edges_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_knowledge_edges_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_knowledge_edges_order ON knowledge_edges (organization_id, strength DESC)
-- next
CREATE INDEX ix_knowledge_edges_source_id ON knowledge_edges (source_id)
-- next
CREATE INDEX ix_knowledge_edges_target_id ON knowledge_edges (target_id)
-- next
CREATE INDEX ix_knowledge_edges_user_id ON knowledge_edges (user_id)
-- next
CREATE TRIGGER tr_knowledge_edges_school_stays BEFORE UPDATE OF organization_id ON knowledge_edges WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: knowledge_edges.organization_id'); END
-- next
CREATE TABLE fiscal_documents (
    id TEXT NOT NULL,
    document_type TEXT NOT NULL,
    document_number TEXT,
    series TEXT,
    access_key TEXT,
    verification_code TEXT,
    issue_date DATE NOT NULL,
    competence_date DATE,
    issuer_id TEXT,
    issuer_document TEXT,
    issuer_name TEXT,
    recipient_id TEXT,
    recipient_document TEXT,
    recipient_name TEXT NOT NULL,
    total_amount_cents INTEGER NOT NULL,
    net_amount_cents INTEGER,
    iss_amount_cents INTEGER NOT NULL,
    iss_rate REAL,
    pis_amount_cents INTEGER NOT NULL,
    cofins_amount_cents INTEGER NOT NULL,
    ir_amount_cents INTEGER NOT NULL,
    csll_amount_cents INTEGER NOT NULL,
    inss_amount_cents INTEGER NOT NULL,
    iss_withheld BOOLEAN NOT NULL,
    ir_withheld BOOLEAN NOT NULL,
    pis_withheld BOOLEAN NOT NULL,
    cofins_withheld BOOLEAN NOT NULL,
    csll_withheld BOOLEAN NOT NULL,
    inss_withheld BOOLEAN NOT NULL,
    service_code TEXT,
    service_description TEXT,
    city_service_code TEXT,
    status TEXT NOT NULL,
    cancelled_at TIMESTAMP,
    cancellation_reason TEXT,
    external_id TEXT,
    xml_url TEXT,
    pdf_url TEXT,
    invoice_id TEXT,
    payable_id TEXT,
    payroll_id TEXT,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    sort_text TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_fiscal_documents PRIMARY KEY (id),
    CONSTRAINT uq_fiscal_documents_organization_id_access_key UNIQUE (organization_id, access_key),
    CONSTRAINT uq_fiscal_documents_organization_id_issuer_document_document_type_series_document_number UNIQUE (organization_id, issuer_document, document_type, series, document_number),
    CONSTRAINT ck_fiscal_documents_net_within_total CHECK (net_amount_cents <= total_amount_cents),
    CONSTRAINT ck_fiscal_documents_authorized_with_number CHECK (status <> 'authorized' OR document_number IS NOT NULL),
    CONSTRAINT ck_fiscal_documents_authorized_with_key CHECK (status <> 'authorized' OR document_type NOT IN ('nfe', 'nfce', 'cte') OR access_key IS NOT NULL),
    CONSTRAINT ck_fiscal_documents_cancelled_with_date CHECK ((status = 'cancelled') = (cancelled_at IS NOT NULL)),
    CONSTRAINT ck_fiscal_documents_cancelled_with_reason CHECK (status <> 'cancelled' OR cancellation_reason IS NOT NULL),
    CONSTRAINT ck_fiscal_documents_document_type_set CHECK ("document_type" IN ('nfe', 'nfse', 'cte', 'nfce', 'sped')),
    CONSTRAINT ck_fiscal_documents_recipient_name_filled CHECK ("recipient_name" <> ''),
    CONSTRAINT ck_fiscal_documents_total_amount_cents_range CHECK ("total_amount_cents" >= 0),
    CONSTRAINT ck_fiscal_documents_net_amount_cents_range CHECK ("net_amount_cents" >= 0),
    CONSTRAINT ck_fiscal_documents_iss_amount_cents_range CHECK ("iss_amount_cents" >= 0),
    CONSTRAINT ck_fiscal_documents_iss_rate_range CHECK ("iss_rate" >= 0 AND "iss_rate" <= 100),
    CONSTRAINT ck_fiscal_documents_pis_amount_cents_range CHECK ("pis_amount_cents" >= 0),
    CONSTRAINT ck_fiscal_documents_cofins_amount_cents_range CHECK ("cofins_amount_cents" >= 0),
    CONSTRAINT ck_fiscal_documents_ir_amount_cents_range CHECK ("ir_amount_cents" >= 0),
    CONSTRAINT ck_fiscal_documents_csll_amount_cents_range CHECK ("csll_amount_cents" >= 0),
    CONSTRAINT ck_fiscal_documents_inss_amount_cents_range CHECK ("inss_amount_cents" >= 0),
    CONSTRAINT ck_fiscal_documents_iss_withheld_flag CHECK ("iss_withheld" IN (0, 1)),
    CONSTRAINT ck_fiscal_documents_ir_withheld_flag CHECK ("ir_withheld" IN (0, 1)),
    CONSTRAINT ck_fiscal_documents_pis_withheld_flag CHECK ("pis_withheld" IN (0, 1)),
    CONSTRAINT ck_fiscal_documents_cofins_withheld_flag CHECK ("cofins_withheld" IN (0, 1)),
    CONSTRAINT ck_fiscal_documents_csll_withheld_flag CHECK ("csll_withheld" IN (0, 1)),
    CONSTRAINT ck_fiscal_documents_inss_withheld_flag CHECK ("inss_withheld" IN (0, 1)),
    CONSTRAINT ck_fiscal_documents_status_set CHECK ("status" IN ('draft', 'pending', 'authorized', 'rejected', 'cancelled')),
    CONSTRAINT fk_fiscal_documents_invoice_id FOREIGN KEY(organization_id, invoice_id) REFERENCES invoices (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_fiscal_documents_payroll_id FOREIGN KEY(organization_id, payroll_id) REFERENCES staff_payroll (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_fiscal_documents_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_fiscal_documents_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_fiscal_documents_invoice_id ON fiscal_documents (invoice_id)
-- next
CREATE INDEX ix_fiscal_documents_order ON fiscal_documents (organization_id, issue_date DESC)
-- next
CREATE INDEX ix_fiscal_documents_payroll_id ON fiscal_documents (payroll_id)
-- next
CREATE TRIGGER tr_fiscal_documents_only_drafts_deleted BEFORE DELETE ON fiscal_documents WHEN OLD.status <> 'draft' BEGIN SELECT RAISE(ABORT, 'locked: fiscal_documents'); END
-- next
CREATE TRIGGER tr_fiscal_documents_school_stays BEFORE UPDATE OF organization_id ON fiscal_documents WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: fiscal_documents.organization_id'); END
-- next
CREATE TABLE lessons (
    id TEXT NOT NULL,
    module_id TEXT NOT NULL,
    title TEXT NOT NULL,
    content_mdx TEXT,
    "order" INTEGER NOT NULL,
    points INTEGER NOT NULL,
    estimated_minutes INTEGER,
    objectives JSON NOT NULL,
    tasks JSON NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    sort_text TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_lessons PRIMARY KEY (id),
    CONSTRAINT ck_lessons_title_filled CHECK ("title" <> ''),
    CONSTRAINT ck_lessons_order_range CHECK ("order" >= 0),
    CONSTRAINT ck_lessons_points_range CHECK ("points" >= 0),
    CONSTRAINT ck_lessons_estimated_minutes_range CHECK ("estimated_minutes" >= 1 AND "estimated_minutes" <= 1440),
    CONSTRAINT fk_lessons_module_id FOREIGN KEY(organization_id, module_id) REFERENCES modules (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_lessons_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_lessons_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_lessons_module_id ON lessons (module_id)
-- next
CREATE INDEX ix_lessons_order ON lessons (organization_id, module_id, "order")
-- next
CREATE TRIGGER tr_lessons_school_stays BEFORE UPDATE OF organization_id ON lessons WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: lessons.organization_id'); END
-- next
CREATE TABLE memory_edges (
    id TEXT NOT NULL,
    graph_id TEXT NOT NULL,
    source_id TEXT NOT NULL,
    target_id TEXT NOT NULL,
    type TEXT NOT NULL,
    direction TEXT NOT NULL,
    weight REAL NOT NULL,
    valence REAL NOT NULL,
    reverse_weight REAL NOT NULL,
    sequence INTEGER NOT NULL,
    strength REAL NOT NULL,
    created_at TIMESTAMP NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_memory_edges PRIMARY KEY (id),
    CONSTRAINT uq_memory_edges_source_id_target_id_type UNIQUE (source_id, target_id, type),
    CONSTRAINT ck_memory_edges_two_nodes CHECK (source_id <> target_id),
    CONSTRAINT fk_memory_edges_source_id_same_graph FOREIGN KEY(graph_id, source_id) REFERENCES memory_nodes (graph_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_memory_edges_target_id_same_graph FOREIGN KEY(graph_id, target_id) REFERENCES memory_nodes (graph_id, id) ON DELETE CASCADE,
    CONSTRAINT ck_memory_edges_type_set CHECK ("type" IN ('PRECEDES', 'CAUSES', 'ENABLES', 'RELATES_TO', 'CONTRADICTS', 'SUPPORTS', 'REFINES', 'ABSTRACTS', 'EVOKES', 'REMINDS_OF', 'INVOLVES', 'ABOUT', 'LOCATED_AT')),
    CONSTRAINT ck_memory_edges_direction_set CHECK ("direction" IN ('forward', 'backward', 'bidirectional')),
    CONSTRAINT ck_memory_edges_weight_range CHECK ("weight" >= 0.0 AND "weight" <= 1.0),
    CONSTRAINT ck_memory_edges_valence_range CHECK ("valence" >= -1.0 AND "valence" <= 1.0),
    CONSTRAINT ck_memory_edges_reverse_weight_range CHECK ("reverse_weight" >= 0.0 AND "reverse_weight" <= 1.0),
    CONSTRAINT ck_memory_edges_sequence_range CHECK ("sequence" >= 0),
    CONSTRAINT ck_memory_edges_strength_range CHECK ("strength" >= 0.0 AND "strength" <= 1.0),
    CONSTRAINT fk_memory_edges_graph_id FOREIGN KEY(organization_id, graph_id) REFERENCES memory_graphs (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_memory_edges_source_id FOREIGN KEY(organization_id, source_id) REFERENCES memory_nodes (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_memory_edges_target_id FOREIGN KEY(organization_id, target_id) REFERENCES memory_nodes (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_memory_edges_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_memory_edges_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX idx_memory_edges_graph ON memory_edges (graph_id)
-- next
CREATE INDEX idx_memory_edges_source ON memory_edges (source_id)
-- next
CREATE INDEX idx_memory_edges_target ON memory_edges (target_id)
-- next
CREATE INDEX idx_memory_edges_type ON memory_edges (type)
-- next
CREATE INDEX ix_memory_edges_order ON memory_edges (organization_id, weight DESC)
-- next
CREATE TRIGGER tr_memory_edges_school_stays BEFORE UPDATE OF organization_id ON memory_edges WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: memory_edges.organization_id'); END
-- next
CREATE TABLE memory_contradictions (
    id TEXT NOT NULL,
    graph_id TEXT NOT NULL,
    node_a TEXT NOT NULL,
    node_b TEXT NOT NULL,
    resolved BOOLEAN NOT NULL,
    resolved_to TEXT,
    strategy TEXT NOT NULL,
    detected_at TIMESTAMP NOT NULL,
    resolved_at TIMESTAMP,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_memory_contradictions PRIMARY KEY (id),
    CONSTRAINT ck_memory_contradictions_two_nodes CHECK (node_a <> node_b),
    CONSTRAINT ck_memory_contradictions_winner CHECK (resolved_to IN (node_a, node_b)),
    CONSTRAINT ck_memory_contradictions_open CHECK (resolved = 1 OR resolved_to IS NULL),
    CONSTRAINT ck_memory_contradictions_resolved_when CHECK (resolved = (resolved_at IS NOT NULL)),
    CONSTRAINT ck_memory_contradictions_dates CHECK (resolved_at >= detected_at),
    CONSTRAINT fk_memory_contradictions_node_a_same_graph FOREIGN KEY(graph_id, node_a) REFERENCES memory_nodes (graph_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_memory_contradictions_node_b_same_graph FOREIGN KEY(graph_id, node_b) REFERENCES memory_nodes (graph_id, id) ON DELETE CASCADE,
    CONSTRAINT ck_memory_contradictions_resolved_flag CHECK ("resolved" IN (0, 1)),
    CONSTRAINT ck_memory_contradictions_strategy_set CHECK ("strategy" IN ('newer_wins', 'stronger_wins', 'manual')),
    CONSTRAINT fk_memory_contradictions_graph_id FOREIGN KEY(organization_id, graph_id) REFERENCES memory_graphs (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_memory_contradictions_node_a FOREIGN KEY(organization_id, node_a) REFERENCES memory_nodes (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_memory_contradictions_node_b FOREIGN KEY(organization_id, node_b) REFERENCES memory_nodes (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_memory_contradictions_resolved_to FOREIGN KEY(organization_id, resolved_to) REFERENCES memory_nodes (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_memory_contradictions_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_memory_contradictions_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_memory_contradictions_graph_id ON memory_contradictions (graph_id)
-- next
CREATE INDEX ix_memory_contradictions_node_a ON memory_contradictions (node_a)
-- next
CREATE INDEX ix_memory_contradictions_node_b ON memory_contradictions (node_b)
-- next
CREATE INDEX ix_memory_contradictions_order ON memory_contradictions (organization_id, resolved, detected_at DESC)
-- next
CREATE INDEX ix_memory_contradictions_resolved_to ON memory_contradictions (resolved_to)
-- next
CREATE UNIQUE INDEX uq_memory_contradictions_open ON memory_contradictions (node_a, node_b) WHERE resolved = 0
-- next
CREATE TRIGGER tr_memory_contradictions_school_stays BEFORE UPDATE OF organization_id ON memory_contradictions WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: memory_contradictions.organization_id'); END
-- next
CREATE TABLE schedules (
    id TEXT NOT NULL,
    class_id TEXT NOT NULL,
    day_of_week INTEGER NOT NULL,
    start_time TIME NOT NULL,
    end_time TIME NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_schedules PRIMARY KEY (id),
    CONSTRAINT uq_schedules_class_id_day_of_week_start_time UNIQUE (class_id, day_of_week, start_time),
    CONSTRAINT ck_schedules_times CHECK (start_time < end_time),
    CONSTRAINT ck_schedules_day_of_week_range CHECK ("day_of_week" >= 0 AND "day_of_week" <= 6),
    CONSTRAINT fk_schedules_class_id FOREIGN KEY(organization_id, class_id) REFERENCES classes (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_schedules_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_schedules_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_schedules_class_id ON schedules (class_id)
-- next
CREATE INDEX ix_schedules_order ON schedules (organization_id, day_of_week, start_time)
-- next
CREATE TRIGGER tr_schedules_school_stays BEFORE UPDATE OF organization_id ON schedules WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: schedules.organization_id'); END
-- next
CREATE TABLE sessions (
    id TEXT NOT NULL,
    class_id TEXT NOT NULL,
    date DATE NOT NULL,
    start_time TIME NOT NULL,
    end_time TIME NOT NULL,
    status TEXT NOT NULL,
    notes TEXT,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_sessions PRIMARY KEY (id),
    CONSTRAINT uq_sessions_class_id_date_start_time UNIQUE (class_id, date, start_time),
    CONSTRAINT ck_sessions_times CHECK (start_time < end_time),
    CONSTRAINT ck_sessions_status_set CHECK ("status" IN ('scheduled', 'in_progress', 'completed', 'cancelled')),
    CONSTRAINT fk_sessions_class_id FOREIGN KEY(organization_id, class_id) REFERENCES classes (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_sessions_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_sessions_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_sessions_class_id ON sessions (class_id)
-- next
CREATE INDEX ix_sessions_order ON sessions (organization_id, date DESC, start_time DESC)
-- next
CREATE TRIGGER tr_sessions_school_stays BEFORE UPDATE OF organization_id ON sessions WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: sessions.organization_id'); END
-- next
CREATE TABLE enrollments (
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    class_id TEXT NOT NULL,
    enrolled_at TIMESTAMP NOT NULL,
    dropped_at TIMESTAMP,
    status TEXT NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_enrollments PRIMARY KEY (id),
    CONSTRAINT ck_enrollments_dates CHECK (dropped_at >= enrolled_at),
    CONSTRAINT ck_enrollments_still_here CHECK (status <> 'active' OR dropped_at IS NULL),
    CONSTRAINT ck_enrollments_left_when CHECK (status NOT IN ('dropped', 'transferred') OR dropped_at IS NOT NULL),
    CONSTRAINT ck_enrollments_status_set CHECK ("status" IN ('active', 'dropped', 'completed', 'transferred')),
    CONSTRAINT fk_enrollments_user_id FOREIGN KEY(organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_enrollments_class_id FOREIGN KEY(organization_id, class_id) REFERENCES classes (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_enrollments_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_enrollments_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX idx_enrollments_class ON enrollments (class_id)
-- next
CREATE INDEX idx_enrollments_user ON enrollments (user_id)
-- next
CREATE INDEX ix_enrollments_order ON enrollments (organization_id, enrolled_at DESC)
-- next
CREATE UNIQUE INDEX uq_enrollments_active ON enrollments (user_id, class_id) WHERE status = 'active'
-- next
CREATE TRIGGER tr_enrollments_school_stays BEFORE UPDATE OF organization_id ON enrollments WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: enrollments.organization_id'); END
-- next
CREATE TABLE payroll_payments (
    id TEXT NOT NULL,
    payroll_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    amount_cents INTEGER NOT NULL,
    method_type TEXT NOT NULL,
    payment_method_id TEXT,
    reference_code TEXT,
    scheduled_for TIMESTAMP,
    processed_at TIMESTAMP,
    failed_at TIMESTAMP,
    failure_reason TEXT,
    status TEXT NOT NULL,
    notes TEXT,
    paid_by TEXT,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_payroll_payments PRIMARY KEY (id),
    CONSTRAINT ck_payroll_payments_paid_by_another CHECK (paid_by <> user_id),
    CONSTRAINT ck_payroll_payments_completed_with_date CHECK (status NOT IN ('completed', 'refunded') OR processed_at IS NOT NULL),
    CONSTRAINT ck_payroll_payments_failed_with_date CHECK (status <> 'failed' OR failed_at IS NOT NULL),
    CONSTRAINT ck_payroll_payments_amount_cents_range CHECK ("amount_cents" >= 1),
    CONSTRAINT ck_payroll_payments_method_type_set CHECK ("method_type" IN ('bank_transfer', 'pix', 'cash', 'credit_card', 'debit_card', 'digital_wallet', 'check')),
    CONSTRAINT ck_payroll_payments_status_set CHECK ("status" IN ('pending', 'processing', 'completed', 'failed', 'cancelled', 'refunded')),
    CONSTRAINT fk_payroll_payments_payroll_id FOREIGN KEY(organization_id, payroll_id) REFERENCES staff_payroll (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_payroll_payments_user_id FOREIGN KEY(organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_payroll_payments_payment_method_id FOREIGN KEY(organization_id, payment_method_id) REFERENCES payment_methods (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_payroll_payments_paid_by FOREIGN KEY(organization_id, paid_by) REFERENCES users (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_payroll_payments_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_payroll_payments_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_payroll_payments_order ON payroll_payments (organization_id, created_at DESC)
-- next
CREATE INDEX ix_payroll_payments_paid_by ON payroll_payments (paid_by)
-- next
CREATE INDEX ix_payroll_payments_payment_method_id ON payroll_payments (payment_method_id)
-- next
CREATE INDEX ix_payroll_payments_payroll_id ON payroll_payments (payroll_id)
-- next
CREATE INDEX ix_payroll_payments_user_id ON payroll_payments (user_id)
-- next
CREATE TRIGGER tr_payroll_payments_school_stays BEFORE UPDATE OF organization_id ON payroll_payments WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: payroll_payments.organization_id'); END
-- next
CREATE TABLE tax_withholdings (
    id TEXT NOT NULL,
    fiscal_document_id TEXT NOT NULL,
    tax_type TEXT NOT NULL,
    base_amount_cents INTEGER NOT NULL,
    rate REAL NOT NULL,
    amount_cents INTEGER NOT NULL,
    due_date DATE NOT NULL,
    paid_at TIMESTAMP,
    payment_reference TEXT,
    status TEXT NOT NULL,
    period_start DATE,
    period_end DATE,
    beneficiary_document TEXT,
    beneficiary_name TEXT,
    notes TEXT,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_tax_withholdings PRIMARY KEY (id),
    CONSTRAINT uq_tax_withholdings_fiscal_document_id_tax_type UNIQUE (fiscal_document_id, tax_type),
    CONSTRAINT ck_tax_withholdings_amount_within_base CHECK (amount_cents <= base_amount_cents),
    CONSTRAINT ck_tax_withholdings_start_before_end CHECK (period_start <= period_end),
    CONSTRAINT ck_tax_withholdings_paid_with_date CHECK ((status = 'paid') = (paid_at IS NOT NULL)),
    CONSTRAINT ck_tax_withholdings_tax_type_set CHECK ("tax_type" IN ('irrf', 'pis', 'cofins', 'csll', 'inss', 'iss')),
    CONSTRAINT ck_tax_withholdings_base_amount_cents_range CHECK ("base_amount_cents" >= 0),
    CONSTRAINT ck_tax_withholdings_rate_range CHECK ("rate" >= 0 AND "rate" <= 100),
    CONSTRAINT ck_tax_withholdings_amount_cents_range CHECK ("amount_cents" >= 0),
    CONSTRAINT ck_tax_withholdings_status_set CHECK ("status" IN ('pending', 'paid', 'cancelled')),
    CONSTRAINT fk_tax_withholdings_fiscal_document_id FOREIGN KEY(organization_id, fiscal_document_id) REFERENCES fiscal_documents (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_tax_withholdings_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_tax_withholdings_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_tax_withholdings_fiscal_document_id ON tax_withholdings (fiscal_document_id)
-- next
CREATE INDEX ix_tax_withholdings_order ON tax_withholdings (organization_id, due_date DESC)
-- next
CREATE TRIGGER tr_tax_withholdings_paid_kept BEFORE DELETE ON tax_withholdings WHEN OLD.status = 'paid' BEGIN SELECT RAISE(ABORT, 'locked: tax_withholdings'); END
-- next
CREATE TRIGGER tr_tax_withholdings_school_stays BEFORE UPDATE OF organization_id ON tax_withholdings WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: tax_withholdings.organization_id'); END
-- next
CREATE TABLE trials (
    id TEXT NOT NULL,
    lead_id TEXT NOT NULL,
    class_id TEXT NOT NULL,
    session_id TEXT,
    scheduled_at TIMESTAMP NOT NULL,
    status TEXT NOT NULL,
    attended BOOLEAN NOT NULL,
    feedback TEXT,
    follow_up_at TIMESTAMP,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_trials PRIMARY KEY (id),
    CONSTRAINT uq_trials_lead_id_session_id UNIQUE (lead_id, session_id),
    CONSTRAINT ck_trials_attended_when_held CHECK (attended = 0 OR status NOT IN ('no_show', 'cancelled')),
    CONSTRAINT ck_trials_status_set CHECK ("status" IN ('scheduled', 'confirmed', 'completed', 'no_show', 'cancelled')),
    CONSTRAINT ck_trials_attended_flag CHECK ("attended" IN (0, 1)),
    CONSTRAINT fk_trials_lead_id FOREIGN KEY(organization_id, lead_id) REFERENCES leads (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_trials_class_id FOREIGN KEY(organization_id, class_id) REFERENCES classes (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_trials_session_id FOREIGN KEY(session_id) REFERENCES sessions (id) ON DELETE SET NULL,
    CONSTRAINT fk_trials_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_trials_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_trials_class_id ON trials (class_id)
-- next
CREATE INDEX ix_trials_lead_id ON trials (lead_id)
-- next
CREATE INDEX ix_trials_order ON trials (organization_id, scheduled_at DESC)
-- next
CREATE INDEX ix_trials_session_id ON trials (session_id)
-- next
CREATE TRIGGER tr_trials_session_id_school_insert BEFORE INSERT ON trials WHEN NEW.session_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM sessions WHERE id = NEW.session_id AND organization_id = NEW.organization_id) BEGIN SELECT RAISE(ABORT, 'wrong school: trials.session_id'); END
-- next
CREATE TRIGGER tr_trials_session_id_school_update BEFORE UPDATE OF session_id ON trials WHEN NEW.session_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM sessions WHERE id = NEW.session_id AND organization_id = NEW.organization_id) BEGIN SELECT RAISE(ABORT, 'wrong school: trials.session_id'); END
-- next
CREATE TRIGGER tr_trials_school_stays BEFORE UPDATE OF organization_id ON trials WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: trials.organization_id'); END
-- next
CREATE TABLE prompts (
    id TEXT NOT NULL,
    lesson_id TEXT NOT NULL,
    title TEXT NOT NULL,
    system_prompt TEXT NOT NULL,
    user_template TEXT,
    character TEXT,
    "order" INTEGER NOT NULL,
    technique TEXT,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    sort_text TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_prompts PRIMARY KEY (id),
    CONSTRAINT ck_prompts_title_filled CHECK ("title" <> ''),
    CONSTRAINT ck_prompts_system_prompt_filled CHECK ("system_prompt" <> ''),
    CONSTRAINT ck_prompts_order_range CHECK ("order" >= 0),
    CONSTRAINT ck_prompts_technique_set CHECK ("technique" IN ('orbit', 'slingshot', 'black_hole', 'constellation')),
    CONSTRAINT fk_prompts_lesson_id FOREIGN KEY(organization_id, lesson_id) REFERENCES lessons (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_prompts_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_prompts_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_prompts_lesson_id ON prompts (lesson_id)
-- next
CREATE INDEX ix_prompts_order ON prompts (organization_id, lesson_id, "order")
-- next
CREATE TRIGGER tr_prompts_school_stays BEFORE UPDATE OF organization_id ON prompts WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: prompts.organization_id'); END
-- next
CREATE TABLE attendance (
    id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    status TEXT NOT NULL,
    checked_in_at TIMESTAMP,
    notes TEXT,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_attendance PRIMARY KEY (id),
    CONSTRAINT uq_attendance_session_id_user_id UNIQUE (session_id, user_id),
    CONSTRAINT ck_attendance_status_set CHECK ("status" IN ('present', 'absent', 'late', 'excused')),
    CONSTRAINT fk_attendance_session_id FOREIGN KEY(organization_id, session_id) REFERENCES sessions (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_attendance_user_id FOREIGN KEY(organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_attendance_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_attendance_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_attendance_order ON attendance (organization_id, session_id DESC, user_id)
-- next
CREATE INDEX ix_attendance_session_id ON attendance (session_id)
-- next
CREATE INDEX ix_attendance_user_id ON attendance (user_id)
-- next
CREATE TRIGGER tr_attendance_school_stays BEFORE UPDATE OF organization_id ON attendance WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: attendance.organization_id'); END
-- next
CREATE TABLE user_badges (
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    badge_id TEXT NOT NULL,
    earned_at TIMESTAMP NOT NULL,
    lesson_id TEXT,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_user_badges PRIMARY KEY (id),
    CONSTRAINT uq_user_badges_user_id_badge_id UNIQUE (user_id, badge_id),
    CONSTRAINT fk_user_badges_user_id FOREIGN KEY(organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_user_badges_badge_id FOREIGN KEY(organization_id, badge_id) REFERENCES badges (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_user_badges_lesson_id FOREIGN KEY(lesson_id) REFERENCES lessons (id) ON DELETE SET NULL,
    CONSTRAINT fk_user_badges_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_user_badges_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_user_badges_badge_id ON user_badges (badge_id)
-- next
CREATE INDEX ix_user_badges_lesson_id ON user_badges (lesson_id)
-- next
CREATE INDEX ix_user_badges_order ON user_badges (organization_id, earned_at DESC)
-- next
CREATE INDEX ix_user_badges_user_id ON user_badges (user_id)
-- next
CREATE TRIGGER tr_user_badges_lesson_id_school_insert BEFORE INSERT ON user_badges WHEN NEW.lesson_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM lessons WHERE id = NEW.lesson_id AND organization_id = NEW.organization_id) BEGIN SELECT RAISE(ABORT, 'wrong school: user_badges.lesson_id'); END
-- next
CREATE TRIGGER tr_user_badges_lesson_id_school_update BEFORE UPDATE OF lesson_id ON user_badges WHEN NEW.lesson_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM lessons WHERE id = NEW.lesson_id AND organization_id = NEW.organization_id) BEGIN SELECT RAISE(ABORT, 'wrong school: user_badges.lesson_id'); END
-- next
CREATE TRIGGER tr_user_badges_school_stays BEFORE UPDATE OF organization_id ON user_badges WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: user_badges.organization_id'); END
-- next
CREATE TABLE user_progress (
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    module_id TEXT NOT NULL,
    lesson_id TEXT,
    points_earned INTEGER NOT NULL,
    completed_at TIMESTAMP,
    tasks_completed JSON NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_user_progress PRIMARY KEY (id),
    CONSTRAINT uq_user_progress_user_id_lesson_id UNIQUE (user_id, lesson_id),
    CONSTRAINT ck_user_progress_points_earned_range CHECK ("points_earned" >= 0),
    CONSTRAINT fk_user_progress_user_id FOREIGN KEY(organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_user_progress_module_id FOREIGN KEY(organization_id, module_id) REFERENCES modules (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_user_progress_lesson_id FOREIGN KEY(organization_id, lesson_id) REFERENCES lessons (organization_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_user_progress_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_user_progress_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_user_progress_lesson_id ON user_progress (lesson_id)
-- next
CREATE INDEX ix_user_progress_module_id ON user_progress (module_id)
-- next
CREATE INDEX ix_user_progress_order ON user_progress (organization_id, completed_at DESC)
-- next
CREATE INDEX ix_user_progress_user_id ON user_progress (user_id)
-- next
CREATE UNIQUE INDEX uq_user_progress_module ON user_progress (user_id, module_id) WHERE lesson_id IS NULL
-- next
CREATE TRIGGER tr_user_progress_school_stays BEFORE UPDATE OF organization_id ON user_progress WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: user_progress.organization_id'); END
-- next
CREATE TABLE prompt_runs (
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    prompt_id TEXT,
    student_prompt_id TEXT,
    input TEXT NOT NULL,
    output TEXT,
    tokens_used INTEGER,
    character_held BOOLEAN,
    created_at TIMESTAMP NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_prompt_runs PRIMARY KEY (id),
    CONSTRAINT ck_prompt_runs_one_prompt CHECK (prompt_id IS NULL OR student_prompt_id IS NULL),
    CONSTRAINT ck_prompt_runs_input_filled CHECK ("input" <> ''),
    CONSTRAINT ck_prompt_runs_tokens_used_range CHECK ("tokens_used" >= 0),
    CONSTRAINT ck_prompt_runs_character_held_flag CHECK ("character_held" IN (0, 1)),
    CONSTRAINT fk_prompt_runs_user_id FOREIGN KEY(organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_prompt_runs_prompt_id FOREIGN KEY(prompt_id) REFERENCES prompts (id) ON DELETE SET NULL,
    CONSTRAINT fk_prompt_runs_student_prompt_id FOREIGN KEY(student_prompt_id) REFERENCES student_prompts (id) ON DELETE SET NULL,
    CONSTRAINT fk_prompt_runs_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_prompt_runs_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_prompt_runs_order ON prompt_runs (organization_id, created_at DESC)
-- next
CREATE INDEX ix_prompt_runs_prompt_id ON prompt_runs (prompt_id)
-- next
CREATE INDEX ix_prompt_runs_student_prompt_id ON prompt_runs (student_prompt_id)
-- next
CREATE INDEX ix_prompt_runs_user_id ON prompt_runs (user_id)
-- next
CREATE TRIGGER tr_prompt_runs_prompt_id_school_insert BEFORE INSERT ON prompt_runs WHEN NEW.prompt_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM prompts WHERE id = NEW.prompt_id AND organization_id = NEW.organization_id) BEGIN SELECT RAISE(ABORT, 'wrong school: prompt_runs.prompt_id'); END
-- next
CREATE TRIGGER tr_prompt_runs_prompt_id_school_update BEFORE UPDATE OF prompt_id ON prompt_runs WHEN NEW.prompt_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM prompts WHERE id = NEW.prompt_id AND organization_id = NEW.organization_id) BEGIN SELECT RAISE(ABORT, 'wrong school: prompt_runs.prompt_id'); END
-- next
CREATE TRIGGER tr_prompt_runs_student_prompt_id_school_insert BEFORE INSERT ON prompt_runs WHEN NEW.student_prompt_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM student_prompts WHERE id = NEW.student_prompt_id AND organization_id = NEW.organization_id) BEGIN SELECT RAISE(ABORT, 'wrong school: prompt_runs.student_prompt_id'); END
-- next
CREATE TRIGGER tr_prompt_runs_student_prompt_id_school_update BEFORE UPDATE OF student_prompt_id ON prompt_runs WHEN NEW.student_prompt_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM student_prompts WHERE id = NEW.student_prompt_id AND organization_id = NEW.organization_id) BEGIN SELECT RAISE(ABORT, 'wrong school: prompt_runs.student_prompt_id'); END
-- next
CREATE TRIGGER tr_prompt_runs_school_stays BEFORE UPDATE OF organization_id ON prompt_runs WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: prompt_runs.organization_id'); END
-- next
CREATE TABLE annotations (
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    prompt_run_id TEXT,
    content TEXT NOT NULL,
    tags JSON NOT NULL,
    created_at TIMESTAMP NOT NULL,
    organization_id TEXT NOT NULL,
    row_version INTEGER DEFAULT 1 NOT NULL,
    search_text TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_annotations PRIMARY KEY (id),
    CONSTRAINT ck_annotations_content_filled CHECK ("content" <> ''),
    CONSTRAINT fk_annotations_user_id FOREIGN KEY(organization_id, user_id) REFERENCES users (organization_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_annotations_prompt_run_id FOREIGN KEY(prompt_run_id) REFERENCES prompt_runs (id) ON DELETE SET NULL,
    CONSTRAINT fk_annotations_organization_id FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT uq_annotations_organization_id_id UNIQUE (organization_id, id)
)
-- next
CREATE INDEX ix_annotations_order ON annotations (organization_id, created_at DESC)
-- next
CREATE INDEX ix_annotations_prompt_run_id ON annotations (prompt_run_id)
-- next
CREATE INDEX ix_annotations_user_id ON annotations (user_id)
-- next
CREATE TRIGGER tr_annotations_prompt_run_id_school_insert BEFORE INSERT ON annotations WHEN NEW.prompt_run_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM prompt_runs WHERE id = NEW.prompt_run_id AND organization_id = NEW.organization_id) BEGIN SELECT RAISE(ABORT, 'wrong school: annotations.prompt_run_id'); END
-- next
CREATE TRIGGER tr_annotations_prompt_run_id_school_update BEFORE UPDATE OF prompt_run_id ON annotations WHEN NEW.prompt_run_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM prompt_runs WHERE id = NEW.prompt_run_id AND organization_id = NEW.organization_id) BEGIN SELECT RAISE(ABORT, 'wrong school: annotations.prompt_run_id'); END
-- next
CREATE TRIGGER tr_annotations_school_stays BEFORE UPDATE OF organization_id ON annotations WHEN NEW.organization_id IS NOT OLD.organization_id BEGIN SELECT RAISE(ABORT, 'wrong school: annotations.organization_id'); END
