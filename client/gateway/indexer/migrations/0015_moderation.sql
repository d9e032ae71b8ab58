-- Moderation and administration: reports, decisions, appeals, the record of them, lists of what is blocked, roles, terms.

-- The last number given to a report, a note, a decision, or an entry of the record.
CREATE TABLE moderation_ids (
    name TEXT PRIMARY KEY,
    last BIGINT NOT NULL
);

-- What viewers report. `subject` is `stream:7`, `recording:7:3`, `comment:12`, `message:9`, or `person:` and an account in SS58.
-- `decision` is the decision that closed it; open reports have none.
CREATE TABLE reports (
    id BIGINT PRIMARY KEY,
    subject TEXT NOT NULL,
    reporter TEXT NOT NULL,
    reason TEXT NOT NULL,
    body TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    decision BIGINT
);
CREATE INDEX reports_by_subject ON reports (subject, decision);
CREATE INDEX reports_by_reporter ON reports (reporter, decision);
CREATE INDEX reports_by_decision ON reports (decision, id);

-- What moderators note about a subject.
CREATE TABLE report_notes (
    id BIGINT PRIMARY KEY,
    subject TEXT NOT NULL,
    author TEXT NOT NULL,
    body TEXT NOT NULL,
    made_at BIGINT NOT NULL
);
CREATE INDEX report_notes_by_subject ON report_notes (subject, id);

-- What moderators decide. `person` is the account that a decision concerns. It holds until `lifted_at`. Decisions `hide` and
-- `cut_off` that hold are what this gateway withholds.
CREATE TABLE decisions (
    id BIGINT PRIMARY KEY,
    subject TEXT NOT NULL,
    person TEXT,
    action TEXT NOT NULL,
    note TEXT NOT NULL,
    author TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    lifted_at BIGINT
);
CREATE INDEX decisions_by_action ON decisions (action, lifted_at);
CREATE INDEX decisions_by_subject ON decisions (subject, lifted_at);
CREATE INDEX decisions_by_person ON decisions (person, id);

-- Appeals, at most one for each decision. `is_upheld` is 1 if the decision stays and 0 if it was lifted.
CREATE TABLE appeals (
    decision BIGINT PRIMARY KEY,
    author TEXT NOT NULL,
    body TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    is_upheld BIGINT,
    answer TEXT NOT NULL,
    answered_by TEXT,
    answered_at BIGINT
);
CREATE INDEX appeals_by_answer ON appeals (is_upheld, decision);

-- What moderators and administrators have done. Rows are added, and never changed or deleted.
CREATE TABLE audit_log (
    id BIGINT PRIMARY KEY,
    made_at BIGINT NOT NULL,
    author TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    note TEXT NOT NULL
);

-- What the operator blocks. `kind` is `account` (then `value` is the account in hex), `network` or `word`.
CREATE TABLE blocks (
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    note TEXT NOT NULL,
    author TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (kind, value)
);

-- Roles that administrators have granted: `moderator` or `creator`.
CREATE TABLE roles (
    account TEXT NOT NULL,
    role TEXT NOT NULL,
    author TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (account, role)
);
CREATE INDEX roles_by_role ON roles (role, account);

-- Invitations of creators. `code_hash` is the hash of the code, which is in no table.
CREATE TABLE invitations (
    code_hash TEXT PRIMARY KEY,
    author TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_by TEXT,
    used_at BIGINT
);

-- Terms that administrators have set at run time. There is one row, with `id` 1, or none: then the settings file holds.
CREATE TABLE publishing_terms (
    id BIGINT PRIMARY KEY,
    min_price TEXT NOT NULL,
    min_share_ppm BIGINT NOT NULL,
    made_at BIGINT NOT NULL
);
