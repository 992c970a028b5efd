"""The database: tables, repositories on one transaction, the message journal, migrations."""
