-- Search over records: `search_row` keeps what a hit is checked against, `search_word` the words
-- cut from it (contentless). A projection like those of 0001.

CREATE TABLE search_row (
    id         INTEGER PRIMARY KEY,
    kind       TEXT    NOT NULL,
    entry_id   TEXT    NOT NULL,
    text       TEXT    NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (kind, entry_id)
) STRICT;
CREATE VIRTUAL TABLE search_word USING fts5 (
    words, content = '', contentless_delete = 1, detail = none, prefix = '3 4 5',
    tokenize = 'unicode61'
);

-- Rows whose words are still to be made, after a bulk of news.
CREATE TABLE search_due (
    kind TEXT NOT NULL,
    id   BLOB NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;
