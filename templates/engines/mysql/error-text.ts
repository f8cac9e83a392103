/** What a server's message tells beside its number. */

// MySQL puts the table before the key, MariaDB does not.
const forms: readonly RegExp[] = [
  /for key '(?:[^'.]+\.)?([^']+)'\s*$/,
  /CONSTRAINT [`'](.+?)[`'] (?:FOREIGN KEY|failed)/,
  /Check constraint '([^']+)' is violated/,
  /(?:Column|Field|for column) '([^']+)'/,
];

/** The violated constraint, index or column; undefined for a message of another form. Never a value. */
export const violatedName = (message: string): string | undefined => {
  for (const form of forms) {
    const name = form.exec(message)?.[1];
    if (name !== undefined) return name;
  }
  return undefined;
};

const notMigrated =
  "the store lacks a migration, or has one more than this code knows: npm run db -- migrate status";

/** What to do about a code, where it says so by itself. */
export const hints: ReadonlyMap<string, string> = new Map([
  ["1040", "pools times processes exceed the server's max_connections: make the pools smaller"],
  ["1045", "check user and password of the DSN, and from where the user may log in"],
  ["1049", "create the database, or check the name in the DSN"],
  ["1054", notMigrated],
  ["1142", "the user may not do this: grant it, or use another user"],
  ["1146", notMigrated],
  ["1153", "the value is larger than the server's max_allowed_packet"],
  ["1203", "pools times processes exceed the user's max_user_connections: make the pools smaller"],
  ["1461", "raise the server's max_prepared_stmt_count, or make the pools smaller"],
  ["3159", "the server wants TLS: add ?sslmode=verify-full to the DSN"],
]);
