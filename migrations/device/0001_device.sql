-- One installation: its documents, HQ's rows, its outbox, and what can be rebuilt from them.
-- Times are UTC milliseconds, money is fen, identities are 16 bytes unless a comment says otherwise.

-- Small facts about the installation itself, as JSON text.
CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Facts: one automerge document per record; `snapshot` plus its `doc_change` rows is the document.
CREATE TABLE doc (
    id       BLOB PRIMARY KEY,
    kind     TEXT NOT NULL,
    snapshot BLOB NOT NULL,
    heads    BLOB NOT NULL,
    pending  INTEGER NOT NULL DEFAULT 0   -- doc_change rows since the snapshot
) STRICT, WITHOUT ROWID;

CREATE TABLE doc_change (
    seq   INTEGER PRIMARY KEY,
    doc   BLOB NOT NULL REFERENCES doc(id) ON DELETE CASCADE,
    bytes BLOB NOT NULL
) STRICT;
CREATE INDEX doc_change_by_doc ON doc_change(doc, seq);

-- HQ's authoritative rows, as HQ wrote them.
CREATE TABLE hq_row (
    kind    TEXT NOT NULL,
    id      BLOB NOT NULL,
    version INTEGER NOT NULL,
    body    TEXT NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

-- Outbox: field edits by this installation, until HQ's receipt. `edits` can be replayed on another
-- version of the document, `change` is what goes out.
CREATE TABLE outbox_edit (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,
    doc     BLOB NOT NULL,
    kind    TEXT NOT NULL,
    change  BLOB NOT NULL,
    edits   TEXT NOT NULL,
    author  TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    epoch   BLOB NOT NULL,                 -- the installation epoch that wrote `change`
    batch   INTEGER,                       -- number of the sealed batch it left in
    refusal TEXT,                          -- HQ's reason; the work is kept
    dismissed_at INTEGER                   -- when somebody put the refusal away
) STRICT;
CREATE INDEX outbox_edit_by_doc ON outbox_edit(doc);

-- Outbox: claims for HQ to decide, each exactly once. Kept after the decision as its receipt.
CREATE TABLE outbox_command (
    seq          INTEGER PRIMARY KEY AUTOINCREMENT,
    key          BLOB NOT NULL UNIQUE,
    kind         TEXT NOT NULL,
    subject      BLOB,                     -- the record it is about
    person       BLOB NOT NULL,
    claim        TEXT NOT NULL,
    made_at      INTEGER NOT NULL,
    estimated_at INTEGER NOT NULL,
    batch        INTEGER,
    decision     TEXT,
    decided_at   INTEGER,
    dismissed_at INTEGER                   -- when somebody put the refusal away
) STRICT;
CREATE INDEX outbox_command_by_subject ON outbox_command(subject);
CREATE INDEX outbox_command_by_kind ON outbox_command(kind);
CREATE INDEX outbox_command_open ON outbox_command(seq)
    WHERE decision IS NULL OR decision ->> 'decision' = 'refused' AND dismissed_at IS NULL;

-- The sealed batch that awaits HQ's answer; re-sent byte for byte.
CREATE TABLE outbox_batch (
    number INTEGER PRIMARY KEY,
    hash   BLOB NOT NULL,
    bytes  BLOB NOT NULL
) STRICT;

-- Signed reference bundles; superseded versions stay while a quote names them.
CREATE TABLE bundle (
    kind       TEXT NOT NULL,
    version    TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to   TEXT,
    signed     TEXT NOT NULL,
    PRIMARY KEY (kind, version)
) STRICT, WITHOUT ROWID;

-- Immutable quote snapshots made here.
CREATE TABLE quote (
    id         BLOB PRIMARY KEY,
    work_order BLOB,
    made_at    INTEGER NOT NULL,
    hash       TEXT NOT NULL,
    body       TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX quote_by_work_order ON quote(work_order, made_at);

-- Bytes kept as encrypted files: photos and signed papers. The name of the file says nothing.
CREATE TABLE media (
    hash     TEXT PRIMARY KEY,             -- SHA-256 of the plain bytes, hex
    kind     TEXT NOT NULL,                -- photo | paper
    mime     TEXT NOT NULL,
    subject  BLOB NOT NULL,                -- the work order, asset or card it belongs to
    label    TEXT NOT NULL,                -- guided shot or paper name
    bytes    INTEGER NOT NULL,
    file     TEXT NOT NULL,
    key      BLOB NOT NULL,
    thumb    BLOB,
    about    TEXT NOT NULL,                -- JSON: size in pixels, time and place of the shot
    made_at  INTEGER NOT NULL,
    location TEXT,                         -- upload resource at HQ once created
    sent     INTEGER NOT NULL DEFAULT 0,   -- bytes HQ has acknowledged
    received_at INTEGER                    -- HQ's hash receipt; nothing is deleted before it
) STRICT, WITHOUT ROWID;
CREATE INDEX media_by_subject ON media(subject, made_at);
CREATE INDEX media_unsent ON media(made_at) WHERE received_at IS NULL;

-- Strokes of a signature as they are drawn, each durable before the next.
CREATE TABLE signature_stroke (
    work_order BLOB NOT NULL,
    number     INTEGER NOT NULL,
    body       TEXT NOT NULL,
    PRIMARY KEY (work_order, number)
) STRICT, WITHOUT ROWID;

-- Unfinished input of one screen (a draft order, a parked card), as JSON.
CREATE TABLE draft (
    kind       TEXT NOT NULL,
    id         BLOB NOT NULL,
    body       TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

-- Everything below is a projection of hq_row: dropped and rebuilt at any time.

-- The day's visits in order, without opening a single record.
CREATE TABLE agenda (
    visit     BLOB PRIMARY KEY,
    day       TEXT NOT NULL,               -- Asia/Shanghai calendar day, YYYY-MM-DD
    starts_at INTEGER NOT NULL,
    ends_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX agenda_by_day ON agenda(day, starts_at, visit);

-- Which records belong to which: a customer's cards, a work order's orders, a record's media.
CREATE TABLE link (
    parent BLOB NOT NULL,
    kind   TEXT NOT NULL,
    id     BLOB NOT NULL,
    PRIMARY KEY (parent, kind, id)
) STRICT, WITHOUT ROWID;
