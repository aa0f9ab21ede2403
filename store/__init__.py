"""The database: tables, one file for each repository, migrations."""
