/** What a server's message tells beside its number. */
import { packetHint } from "./cut-json.ts";

// MySQL puts the table before the key, MariaDB does not.
const forms: readonly RegExp[] = [
  /for key '(?:[^'.]+\.)?([^']+)'\s*$/,
  /CONSTRAINT [`'](.+?)[`'] (?:FOREIGN KEY|failed)/,
  /Check constraint '([^']+)' is violated/,
  /^Data too long for functional index '([^']+)'/,
  /^(?:Column|Field) '([^']+)'/,
  // Behind the value, which may say the same of another column.
  /for column '([^']+)' at row \d+$/,
  /for column (?:`[^`]+`\.){0,2}`([^`]+)` at row \d+$/,
];

/** The violated constraint, index or column; undefined for a message of another form. Never a value. */
export const violatedName = (message: string): string | undefined => {
  for (const form of forms) {
    const name = form.exec(message)?.[1];
    if (name !== undefined) return name;
  }
  return undefined;
};

const cut = packetHint("the children of one row");

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
  ["1260", cut],
  ["1264", "the number is beyond its field's range"],
  [
    "1292",
    "a date or time does not exist or has not the form of its field, or a cursor was changed",
  ],
  ["1301", cut],
  ["1364", notMigrated],
  ["1366", "a value has not the form of its field"],
  ["1406", "the text is longer than its field"],
  ["1451", "other rows refer to this one: change or delete them first"],
  ["1452", "the row that it refers to is not there"],
  ["1461", "raise the server's max_prepared_stmt_count, or make the pools smaller"],
  ["1690", "the number is beyond its field's range"],
  ["3159", "the server wants TLS: add ?sslmode=verify-full to the DSN"],
  ["3907", "an element of the list is longer than the 512 characters that a filter by it allows"],
]);
