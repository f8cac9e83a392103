import { expect, test } from "vitest";
import { migrationError } from "../../../templates/engines/postgres/migration-error.ts";

const refused = (code: string, message: string, detail: string): Error =>
  Object.assign(new Error(message), { code, detail, severity: "ERROR" });

test("what hangs on a column that goes is told by its name", () => {
  const error = refused(
    "2BP01",
    "cannot drop column email of table people because other objects depend on it",
    "view mailing depends on column email of table people\nview news depends on view mailing",
  );
  expect(migrationError(error)).toMatchObject({
    kind: "programming",
    message:
      "cannot drop column email of table people because other objects depend on it: view mailing depends on column email of table people, view news depends on view mailing",
  });
});

test("a detail that holds values is not told", () => {
  const error = refused(
    "23505",
    "could not create unique index people_email_key",
    "Key (email)=(ann@example.org) is duplicated.",
  );
  expect(String(migrationError(error))).not.toContain("ann@example.org");
});
