/** What compose.yaml gives to the image's first start makes the database that the tests' DSN names. */
import { describe, expect, test } from "vitest";
import { compose } from "../../../src/engines/postgres/compose.ts";
import { connected } from "../../unit/postgres/schema-lab.ts";
import { isMissing, sharedServer } from "../servers.ts";

const server = await sharedServer("postgres");

describe.skipIf(isMissing(server))("the image's first start", () => {
  test("the superuser that it makes runs the script in its own database", async () => {
    if (isMissing(server)) return;
    const { name, text } = compose.testDatabase ?? { name: "", text: "" };
    const space = await server.namespace();
    const client = await connected(space.dsn);
    try {
      await client.query(text);
      const url = new URL(space.dsn);
      url.pathname = `/${name}`;
      const own = await connected(url.href);
      try {
        const { rows } = await own.query(
          "select current_database()::text as name, has_database_privilege(current_database(), 'create') as makes",
        );
        expect(rows).toEqual([{ name, makes: true }]);
      } finally {
        await own.end();
      }
    } finally {
      await client.query(`drop database if exists ${name}`);
      await client.end();
      await space.drop();
    }
  });
});
