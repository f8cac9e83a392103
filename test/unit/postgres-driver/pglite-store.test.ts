import { describe } from "vitest";
import { storeBehaviour } from "./behaviour.ts";

describe("on PGlite in a worker thread", () => {
  storeBehaviour(() => Promise.resolve("pglite:memory"));
});
