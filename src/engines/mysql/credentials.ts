import type { Credentials } from "../engine.ts";

type Rotation = Credentials["rotation"];

/** Two passwords at a time. Source: MySQL manual, ALTER USER, dual password support. */
export const twoPasswords: Rotation =
  "alter user app identified by 'new' retain current password; roll the DSN out; alter user app discard old password";

/** Source: MariaDB documentation, ALTER USER: a new password takes the place of the former. */
export const twoUsers: Rotation =
  "make a second user with the same grants; roll its DSN out; then drop the first: a new password takes the place of the former at once";

/** What the DSN of an engine of this family keeps. Source: MySQL manual, Privileges Provided by MySQL. */
export const credentialsOf = (rotation: Rotation): Credentials => ({
  secret: "the password of the application's user; sslkey names a file beside it",
  role: "a user with select, insert, update and delete on the store's database, and nothing on *.*; the user that migrates has alter, create, drop, index, references and trigger besides, and stays: the triggers of the history run with its rights",
  rotation,
});
