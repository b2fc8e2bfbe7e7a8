"""Runs the SQL statements of a file in a fresh DuckDB process.

usage: jsonl_duckdb.py STATEMENTS.sql
"""

import sys

import duckdb

with open(sys.argv[1], encoding="utf-8") as statements:
    duckdb.connect().execute(statements.read())
