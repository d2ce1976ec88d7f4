//! What only servers do: PostgreSQL's.
