import { describe } from "vitest";
import { shopBehaviour } from "./behaviour.ts";

describe("the generated shop on PGlite", () => {
  shopBehaviour("pg-unit", () => "pglite:memory?inline=true");
});
