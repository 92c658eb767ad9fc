-- Rows whose words are still to be made, after a bulk of news.
CREATE TABLE search_due (
    kind TEXT NOT NULL,
    id   BLOB NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

-- A link is removed by its parent, which the row names.
DROP INDEX link_by_child;
