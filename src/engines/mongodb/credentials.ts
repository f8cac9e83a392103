import type { Credentials } from "../engine.ts";

/** Source: MongoDB manual, Built-In Roles, User-Defined Roles. */
export const credentials: Credentials = {
  secret: "the password of the application's user; authSource says which database knows it",
  role: "a role of your own with find, insert, update and remove on the store's database; the built-in readWrite may drop collections as well. The user that migrates has readWrite and dbAdmin, for validators",
  rotation:
    "make a second user with the same roles (createUser); roll its DSN out; then dropUser the first. A user has one password, which updateUser replaces at once",
};
