import pg from "pg";
import { settingsAreTaken, sharedService } from "../compose-settings.ts";

await settingsAreTaken(
  "postgres",
  sharedService("postgres"),
  { idle_in_transaction_session_timeout: "1min" },
  async (connectionString, names) => {
    const client = new pg.Client({ connectionString });
    await client.connect();
    try {
      const { rows } = await client.query<{ name: string; value: string }>(
        "select name, current_setting(name) as value from pg_settings where name = any($1) and source = 'command line'",
        [names],
      );
      return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
    } finally {
      await client.end();
    }
  },
);
