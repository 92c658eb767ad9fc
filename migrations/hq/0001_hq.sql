-- HQ's ledger: who there is, what was decided, and the feed that devices follow.
-- Times are UTC milliseconds, money is fen, identities are 16 bytes unless a comment says otherwise.

CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Staff and their place in the tree, as `domain::org` records.
CREATE TABLE org_unit (
    id   BLOB PRIMARY KEY,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE person (
    id   BLOB PRIMARY KEY,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One-time enrolment codes; only the hash is kept.
CREATE TABLE enrolment (
    code_hash  TEXT PRIMARY KEY,
    person     BLOB NOT NULL REFERENCES person(id),
    expires_at INTEGER NOT NULL,
    used_at    INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE device (
    id          BLOB PRIMARY KEY,
    person      BLOB NOT NULL REFERENCES person(id),
    public_key  TEXT NOT NULL,             -- ed25519, hex; every request is signed with its secret
    name        TEXT NOT NULL,
    enrolled_at INTEGER NOT NULL,
    revoked_at  INTEGER,
    last_seen   INTEGER
) STRICT, WITHOUT ROWID;

-- The chain of batches of one installation epoch, with the last answer kept to be repeated.
CREATE TABLE chain (
    device BLOB NOT NULL REFERENCES device(id),
    epoch  BLOB NOT NULL,
    number INTEGER NOT NULL,
    hash   BLOB NOT NULL,
    answer BLOB NOT NULL,
    PRIMARY KEY (device, epoch)
) STRICT, WITHOUT ROWID;

-- One counter orders everything a device may need to hear of.
CREATE TABLE stamp (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    last INTEGER NOT NULL
) STRICT;
INSERT INTO stamp (id, last) VALUES (1, 0);

-- Facts: documents by record, and their changes under the stamp at which they were taken in.
CREATE TABLE doc (
    id       BLOB PRIMARY KEY,
    kind     TEXT NOT NULL,
    snapshot BLOB NOT NULL,
    heads    BLOB NOT NULL,
    view     TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE doc_change (
    stamp  INTEGER PRIMARY KEY,
    doc    BLOB NOT NULL REFERENCES doc(id),
    device BLOB,
    epoch  BLOB,
    bytes  BLOB NOT NULL
) STRICT;
CREATE INDEX doc_change_by_doc ON doc_change(doc, stamp);

-- Whose the writers of changes are: one actor is one stream of one device, so nobody can write in
-- another's name or take its next number.
CREATE TABLE doc_actor (
    actor  BLOB PRIMARY KEY,
    device BLOB NOT NULL                   -- 16 zero bytes for HQ itself
) STRICT, WITHOUT ROWID;

-- Changes HQ refused, kept for a coordinator; what is known of them lies in the row of that identity.
CREATE TABLE refused_push (
    id     BLOB PRIMARY KEY,               -- follows from device and bytes
    device BLOB NOT NULL,
    doc    BLOB NOT NULL,
    code   TEXT NOT NULL,
    detail TEXT NOT NULL,
    bytes  BLOB NOT NULL,                  -- the push as it travelled
    at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX refused_push_by_device ON refused_push(device);
-- Changes that ended the process they were tried in.
CREATE INDEX refused_push_harmful ON refused_push(device, at) WHERE code = 'document_harmful';

-- When a person lost sight of a document, the latest time: work done before the tablet heard of it
-- is still taken in for some days.
CREATE TABLE lost_sight (
    person BLOB NOT NULL,
    doc    BLOB NOT NULL,
    at     INTEGER NOT NULL,
    PRIMARY KEY (person, doc)
) STRICT, WITHOUT ROWID;
CREATE INDEX lost_sight_by_time ON lost_sight(at);

-- Authoritative rows as devices receive them.
CREATE TABLE hq_row (
    kind    TEXT NOT NULL,
    id      BLOB NOT NULL,
    version INTEGER NOT NULL,
    body    TEXT NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

-- Who hears of what: one entry per bucket and item, moved to the newest stamp with each change, so
-- that a device reads each bucket it may see in the order of stamps, past its cursor.
--
-- `since` is the stamp at which the bucket first got the item. A device whose cursor is older than
-- `since` cannot have received the item through this bucket, so it gets the whole of it (a
-- document's snapshot, not only its latest changes), and is not told when it goes. `gone` = 1: the
-- item has left the bucket; a device that may see it nowhere else removes it.
CREATE TABLE feed (
    stream TEXT NOT NULL,                  -- row | doc
    bucket TEXT NOT NULL,
    stamp  INTEGER NOT NULL,
    kind   TEXT NOT NULL,
    id     BLOB NOT NULL,
    since  INTEGER NOT NULL,
    gone   INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (stream, bucket, stamp, kind, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX feed_by_item ON feed(id, stream, kind, bucket);

-- What devices should hold, as sums (`store::held`) over the items of each audience, which is the
-- exact set of buckets that hears of an item. Kept with every change; rebuildable from the feed.
CREATE TABLE audience (
    id    INTEGER PRIMARY KEY,
    name  TEXT NOT NULL UNIQUE,            -- its buckets in order, one a line
    items INTEGER NOT NULL DEFAULT 0,
    total BLOB NOT NULL                    -- the parts joined
) STRICT;

CREATE TABLE audience_bucket (
    bucket   TEXT NOT NULL,
    audience INTEGER NOT NULL REFERENCES audience(id) ON DELETE CASCADE,
    PRIMARY KEY (bucket, audience)
) STRICT, WITHOUT ROWID;
CREATE INDEX audience_bucket_by_audience ON audience_bucket(audience);

CREATE TABLE audience_part (
    audience INTEGER NOT NULL REFERENCES audience(id) ON DELETE CASCADE,
    part     INTEGER NOT NULL,
    sum      BLOB NOT NULL,
    PRIMARY KEY (audience, part)
) STRICT, WITHOUT ROWID;

-- Claims, executed once per key; the decision is repeated for ever.
CREATE TABLE command (
    key          BLOB PRIMARY KEY,
    device       BLOB NOT NULL,
    person       BLOB NOT NULL,
    kind         TEXT NOT NULL,
    claim        TEXT NOT NULL,
    decision     TEXT NOT NULL,
    executed     INTEGER NOT NULL,         -- 1 executed, 0 refused
    decided_at   INTEGER NOT NULL,
    stamp        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Combined removal-install orders as they were filed, refused ones included: `filed` holds the
-- signed terms and the quote snapshot byte for byte. One executed order per quote.
CREATE TABLE combined_order (
    id                BLOB PRIMARY KEY,
    number            TEXT UNIQUE,         -- HQ's number; absent until executed
    quote             BLOB NOT NULL,
    quote_hash        TEXT NOT NULL,
    work_order        BLOB NOT NULL,
    certain_fen       INTEGER NOT NULL,    -- cash to collect for certain
    if_approved_fen   INTEGER NOT NULL,    -- cash to collect if the subsidy is approved
    invoice_fen       INTEGER NOT NULL,
    subsidy_fen       INTEGER NOT NULL,
    fees_fen          INTEGER NOT NULL,
    old_value_fen     INTEGER NOT NULL,
    deposits_fen      INTEGER NOT NULL,
    state             TEXT NOT NULL,       -- executed | refused | replaced | cancelled
    filed             TEXT NOT NULL,
    filed_by          BLOB NOT NULL,
    decided_at        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX combined_order_by_quote ON combined_order(quote) WHERE state = 'executed';
CREATE INDEX combined_order_by_work_order ON combined_order(work_order);

-- A store's customers by phone number, digits only.
CREATE TABLE customer_phone (
    store    BLOB NOT NULL,
    phone    TEXT NOT NULL,
    customer BLOB NOT NULL,
    PRIMARY KEY (store, phone, customer)
) STRICT, WITHOUT ROWID;
CREATE INDEX customer_phone_by_customer ON customer_phone(customer);

-- A serial belongs to one final card.
CREATE TABLE card_serial (
    serial TEXT PRIMARY KEY,
    card   BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Subsidised items by applicant, programme quota and group: what the government's quota counts.
CREATE TABLE subsidy_use (
    applicant  TEXT NOT NULL,              -- a token; never an identity number
    quota      TEXT NOT NULL,
    grouping   TEXT NOT NULL,              -- the group of articles the quota counts
    order_id   BLOB NOT NULL,
    line       TEXT NOT NULL,
    amount_fen INTEGER NOT NULL,
    PRIMARY KEY (order_id, line, quota)
) STRICT, WITHOUT ROWID;
CREATE INDEX subsidy_use_by_applicant ON subsidy_use(applicant, quota, grouping);

-- What HQ leases out: stock units, places on the van, bonus budget. Amounts are pieces, visits or
-- fen. More than there is can be neither leased nor used.
CREATE TABLE pool (
    id           BLOB PRIMARY KEY,
    resource     TEXT NOT NULL UNIQUE,     -- JSON of domain::lease::Resource
    name         TEXT NOT NULL,            -- JSON: what the reference data calls it
    amount       INTEGER NOT NULL CHECK (amount >= 0),
    leased       INTEGER NOT NULL CHECK (leased >= 0),
    used         INTEGER NOT NULL CHECK (used >= 0),
    beyond       INTEGER NOT NULL CHECK (beyond >= 0),
    useful_until INTEGER,                  -- a window of the past is forgotten
    CHECK (leased + used <= amount)
) STRICT, WITHOUT ROWID;
CREATE INDEX pool_past ON pool(useful_until) WHERE useful_until IS NOT NULL;

-- A part of a pool, held for one device; `rest` is what it still keeps from everybody else.
CREATE TABLE lease (
    id         BLOB PRIMARY KEY,
    pool       BLOB NOT NULL REFERENCES pool(id),
    device     BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    rest       INTEGER NOT NULL CHECK (rest >= 0),
    ended      INTEGER NOT NULL,           -- 1 once returned or expired
    body       TEXT NOT NULL               -- domain::lease::Lease
) STRICT, WITHOUT ROWID;
CREATE INDEX lease_due ON lease(expires_at) WHERE ended = 0;
CREATE INDEX lease_by_pool ON lease(pool) WHERE ended = 0;
CREATE INDEX lease_by_device ON lease(device) WHERE ended = 0;

-- What an executed order took of a pool, and what a coordinator honoured beyond it.
CREATE TABLE pool_draw (
    order_id BLOB NOT NULL,
    pool     BLOB NOT NULL,
    amount   INTEGER NOT NULL CHECK (amount >= 0),
    beyond   INTEGER NOT NULL CHECK (beyond >= 0),
    PRIMARY KEY (order_id, pool)
) STRICT, WITHOUT ROWID;
CREATE INDEX pool_draw_by_pool ON pool_draw(pool);

-- Money that moved, as recorded at the door; HQ matches it later.
CREATE TABLE payment (
    id         BLOB PRIMARY KEY,
    order_id   BLOB,
    amount_fen INTEGER NOT NULL,
    body       TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The claim a task grew out of, so that deciding the task can carry it out.
CREATE TABLE task_origin (
    task    BLOB PRIMARY KEY,
    command BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Signed reference bundles, every version ever published: a quote is priced the same for ever.
CREATE TABLE bundle (
    kind         TEXT NOT NULL,
    version      TEXT NOT NULL,
    id           BLOB NOT NULL UNIQUE,
    valid_from   TEXT NOT NULL,
    valid_to     TEXT,
    signed       TEXT NOT NULL,
    published_at INTEGER NOT NULL,
    PRIMARY KEY (kind, version)
) STRICT, WITHOUT ROWID;

-- Photos and papers by the hash of their bytes: once as a file, used by any number of subjects.
CREATE TABLE upload (
    hash        TEXT PRIMARY KEY,          -- SHA-256, hex
    length      INTEGER NOT NULL,
    mime        TEXT NOT NULL,
    started_at  INTEGER NOT NULL,
    received_at INTEGER                    -- set once the bytes are here and their hash is right
) STRICT, WITHOUT ROWID;

CREATE TABLE upload_use (
    hash    TEXT NOT NULL REFERENCES upload(hash) ON DELETE CASCADE,
    subject BLOB NOT NULL,
    kind    TEXT NOT NULL,
    label   TEXT NOT NULL,
    device  BLOB NOT NULL,
    PRIMARY KEY (hash, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX upload_use_by_subject ON upload_use(subject);

-- Which visits carry a work order; kept with the visit's row.
CREATE TABLE visit_work_order (
    work_order BLOB NOT NULL,
    visit      BLOB NOT NULL,
    PRIMARY KEY (work_order, visit)
) STRICT, WITHOUT ROWID;
CREATE INDEX visit_work_order_by_visit ON visit_work_order(visit);

-- Visits that their crews still see; `over_since` is when HQ noticed that the visit was over.
CREATE TABLE visit_crew (
    visit      BLOB PRIMARY KEY,
    over_since INTEGER
) STRICT, WITHOUT ROWID;

-- A loaner is with one customer at a time.
CREATE TABLE loaner_out (
    asset BLOB PRIMARY KEY,
    loan  BLOB NOT NULL
) STRICT, WITHOUT ROWID;
