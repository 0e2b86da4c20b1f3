"""What of PostgreSQL the rooms use: a table of features and how the code shows each."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

#: The rooms that speak to the platform's own database. `connectors` speaks to others' databases.
ROOMS = ("kernel", "ledger", "registry", "landing", "catalog", "certs", "pipeline", "portal", "cli")

#: Feature, as docs/databases.md names it, and a pattern of the code without comments and
#: docstrings, each string on one line.
USED = {
    # writing
    "COPY, binary": r"FORMAT binary",
    "COPY, text": r"COPY \{table\} \(\{names\}\) FROM STDIN",
    "Temporary tables that end with their transaction": r"on_commit='DROP'",
    "INSERT … ON CONFLICT": r"on_conflict_do_(update|nothing)|\bON CONFLICT\b",
    "ON CONFLICT on a partial unique index": r"index_where=",
    "RETURNING": r"\.returning\(|\bRETURNING\b",
    "Writing inside WITH": r"AS \( *(INSERT|UPDATE|DELETE) ",
    "UPDATE … FROM, DELETE … USING": (
        r"UPDATE [\w.]+ \w+ SET .*? FROM |DELETE FROM [\w.]+ \w+ USING "
    ),
    "TRUNCATE": r"['\"]TRUNCATE ",
    # asking
    "Arrays as parameters": r"= ANY ?\((CAST\()?:|\bany_\(",
    "unnest of several arrays": r"unnest\((CAST\(:\w+ AS \w+\[\]\)|string_to_array\([^)]*\)), ",
    "WITH ORDINALITY": r"WITH ORDINALITY",
    "LATERAL": r"\bLATERAL\b",
    "generate_series": r"generate_series\(",
    "DISTINCT ON": r"DISTINCT ON|distinct_on\(",
    "SELECT without columns": r"EXISTS \(SELECT FROM",
    "FILTER of an aggregate": r"FILTER +\(WHERE|func\.\w+\([^)]*\)\.filter\(",
    "GROUPING SETS": r"GROUPING SETS",
    "Window functions": r" OVER \(|\.over\(",
    "percentile_cont … WITHIN GROUP": r"percentile_cont",
    "string_agg, array_agg, bool_and, concat_ws": r"string_agg|array_agg|bool_and|concat_ws",
    "FULL JOIN": r"FULL JOIN",
    "Comparing rows": r"\btuple_\(",
    "IS DISTINCT FROM": r"IS DISTINCT FROM|is_distinct_from",
    "NULLS FIRST, NULLS LAST": r"NULLS (FIRST|LAST)|nulls_(first|last)",
    'COLLATE "C"': r"COLLATE \\?\"C|collation = \\?\"C|collate\('C'\)",
    "OFFSET 0 as a fence": r"OFFSET 0",
    "Days and times": r"date_trunc\(|AT TIME ZONE|interval '",
    "clock_timestamp": r"clock_timestamp\(\)",
    # types
    "jsonb": r"\bJSONB\b|::jsonb",
    "jsonb: -> and ->>": r"->>? [':0-9]",
    "jsonb: ||": r"\.op\('\|\|'\)",
    "jsonb: jsonb_array_elements, jsonb_array_length": r"jsonb_array_(elements|length)",
    "jsonb: jsonb_agg, jsonb_build_object": r"jsonb_agg|jsonb_build_object",
    "Array columns": r"\bARRAY\(",
    "Arrays: &&": r" && ",
    "Arrays: @>, array_remove, slices": r"array_remove|@> ARRAY\[",
    "Arrays: cardinality": r"cardinality\(",
    "Arrays: string_to_array, array_append": r"string_to_array|array_append",
    "bytea, encode, decode": r"LargeBinary|decode\(key, 'hex'\)",
    "timestamptz": r"timezone=True",
    "Identity columns": r"Identity\(",
    "Ranges: daterange, CREATE TYPE … AS RANGE": r"daterange\(|AS RANGE",
    # tables
    "A schema a room": r"CREATE SCHEMA IF NOT EXISTS",
    "Partial indexes": r"postgresql_where=",
    "GIN indexes": r"postgresql_using='gin'",
    "Hash indexes": r"postgresql_using='hash'",
    "Indexes on expressions": r"Index\('\w+', text\(",
    "Exclusion constraints": r"EXCLUDE USING gist|ExclusionViolation",
    "CHECK, FOREIGN KEY": r"CheckConstraint|ForeignKey",
    "Views": r"CREATE VIEW",
    "Triggers, row and statement": r"FOR EACH (ROW|STATEMENT) EXECUTE FUNCTION",
    "Triggers on TRUNCATE": r"BEFORE TRUNCATE ON",
    "Triggers: REFERENCING NEW TABLE": r"REFERENCING NEW TABLE",
    "PL/pgSQL, RAISE … ERRCODE": r"LANGUAGE plpgsql",
    "DO": r"DO \$\$ DECLARE",
    "DDL in transactions": r"context\.begin_transaction\(\)",
    # locks and sessions
    "Advisory locks of a transaction": r"pg_advisory_xact_lock",
    "Advisory locks of a session": r"pg_(try_)?advisory_(un)?lock\(",
    "FOR UPDATE": r"with_for_update\(|FOR UPDATE",
    "SET LOCAL lock_timeout": r"SET LOCAL lock_timeout",
    "SET LOCAL enable_…": r"SET LOCAL enable_",
    "REPEATABLE READ": r"REPEATABLE READ",
    "set_config, current_setting": r"set_config\(|current_setting\(",
    "Server-side cursors": r"stream_results=True|yield_per=",
    "Pipeline mode": r"\.pipeline\(\)",
    "SQLSTATE": r"from psycopg\.errors import",
    # rights
    "Roles and GRANT": r"GRANT .*? TO |CREATE ROLE",
    "GRANT on columns": r"GRANT SELECT \(",
    "Row-level security": r"ENABLE ROW LEVEL SECURITY",
    "Policies WITH CHECK": r"WITH CHECK",
    "Policies AS RESTRICTIVE": r"AS RESTRICTIVE",
    "has_table_privilege, has_any_column_privilege": r"has_(table|any_column)_privilege",
    "SCRAM": r"scram-sha-256|scram_sha|encrypt_password",
    "REPLICATION": r"\bREPLICATION\b",
    # catalogues
    "pg_roles, pg_tables, pg_views, pg_database": r"pg_roles|pg_tables|pg_views|pg_database",
    "pg_policies": r"pg_policies",
    "pg_class, pg_type, pg_depend, regclass": r"pg_class|pg_type|pg_depend|::reg(class|type)",
    "to_regclass": r"to_regclass\(",
    "SHOW server_version_num": r"SHOW server_version_num",
    # running and backup
    "initdb and settings": r"'initdb'|\binitdb\b",
    "pg_basebackup with a manifest": r"pg_basebackup",
    "pg_receivewal and a slot": r"pg_receivewal",
    "pg_replication_slots, pg_lsn": r"pg_replication_slots|pg_lsn",
    "pg_current_wal_lsn, pg_current_wal_flush_lsn, pg_wal_lsn_diff": (
        r"pg_current_wal(_flush)?_lsn|pg_wal_lsn_diff"
    ),
    "pg_logical_emit_message": r"pg_logical_emit_message",
    "recovery.signal, recovery_target_time": r"recovery\.signal|recovery_target",
    "pg_is_in_recovery": r"pg_is_in_recovery",
}

#: What the code does not use, so that nobody need ask whether the other database has it.
UNUSED = {
    "MERGE": r"\bMERGE INTO\b",
    "SKIP LOCKED, NOWAIT": r"SKIP LOCKED|skip_locked|nowait=",
    "LISTEN, NOTIFY": r"['\"](LISTEN|NOTIFY) |pg_notify",
    "Generated columns": r"GENERATED ALWAYS AS \(|\bComputed\(",
    "Covering indexes": r"postgresql_include",
    "UNIQUE NULLS NOT DISTINCT": r"nulls_not_distinct|NULLS NOT DISTINCT",
    "BRIN": r"postgresql_using='brin'|USING brin",
    "Partitioned tables": r"PARTITION BY (RANGE|LIST|HASH)|PARTITION OF",
    "Extensions": r"CREATE EXTENSION",
    "Full-text search": r"to_tsvector|tsquery",
    "Event triggers": r"EVENT TRIGGER",
    "Materialized views": r"MATERIALIZED",
    "WITH RECURSIVE": r"WITH RECURSIVE|\.cte\([^)]*recursive=True",
    "Logical replication": r"CREATE (PUBLICATION|SUBSCRIPTION)",
    "Large objects": r"lo_(create|import|get)\(",
    "pg_stat_…": r"pg_stat_",
    "UNLOGGED": r"UNLOGGED",
    "Transaction numbers": r"txid_|pg_current_xact|xmin",
}


def plain(source: str) -> str:
    """Python code without comments and docstrings, each of its strings on one line."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(
            node
        ):
            node.body[0] = ast.Pass()
    return ast.unparse(tree).replace("\\n", " ").replace("\\'", "'")


def code(root: Path, rooms: Iterable[str] = ROOMS) -> dict[str, str]:
    """Every Python file of the rooms, by its path from `root`, made plain."""
    files = (file for room in rooms for file in sorted((root / room).rglob("*.py")))
    return {file.relative_to(root).as_posix(): plain(file.read_text("utf-8")) for file in files}


def found(files: Mapping[str, str], patterns: Mapping[str, str]) -> dict[str, list[str]]:
    """The files that show a feature, by feature; only features that some file shows."""
    places = {
        name: [file for file, text in files.items() if re.search(pattern, text)]
        for name, pattern in patterns.items()
    }
    return {name: files for name, files in places.items() if files}
