/** The dialect that a store was generated for. */
export type Dialect = "mysql" | "mariadb";

/**
 * Collation of every connection, and of every table that is generated. Both compare by code point and pad nothing, so that two texts are
 * equal only when they are the same, on both engines and as in PostgreSQL's "C". `utf8mb4_bin` takes 'a' and 'a ' for equal,
 * `utf8mb4_0900_as_cs` overlooks zero-width characters: with either, two keys could be one.
 */
export const collations: Readonly<Record<Dialect, string>> = {
  mysql: "utf8mb4_0900_bin",
  mariadb: "utf8mb4_nopad_bin",
};

// What does not fit is an error and never cut, whatever the server's configuration says.
const sqlMode = [
  "STRICT_ALL_TABLES",
  "ERROR_FOR_DIVISION_BY_ZERO",
  "NO_ZERO_DATE",
  "NO_ZERO_IN_DATE",
  "NO_ENGINE_SUBSTITUTION",
  "ONLY_FULL_GROUP_BY",
].join(",");

/**
 * What each connection begins with, once. READ COMMITTED as PostgreSQL's default: no gap locks, and a statement sees what was committed
 * before it. MariaDB cuts json_arrayagg at group_concat_max_len.
 *
 * @param lockWaitSeconds how long a statement waits for a row lock: less than the deadline, so that the server says that nothing was done
 */
export const sessionSettings = (dialect: Dialect, lockWaitSeconds: number): readonly string[] => [
  `set names utf8mb4 collate ${collations[dialect]}`,
  `set session sql_mode = '${sqlMode}', time_zone = '+00:00', innodb_lock_wait_timeout = ${lockWaitSeconds}, ` +
    "group_concat_max_len = 4294967295, foreign_key_checks = 1, unique_checks = 1, autocommit = 1",
  "set session transaction isolation level read committed",
];
