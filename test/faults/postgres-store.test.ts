import { describe } from "vitest";
import { storeBehaviour } from "../unit/postgres-driver/behaviour.ts";
import { serverDsn } from "./postgres-server.ts";

describe("on a PostgreSQL server", () => {
  storeBehaviour(() => serverDsn());
});
