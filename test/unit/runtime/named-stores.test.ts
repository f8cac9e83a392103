import { expect, test } from "vitest";
import { runDbCli } from "../../../templates/runtime/db-cli.ts";
import type { DsnRules } from "../../../templates/runtime/dsn.ts";
import { namedLayer, type StoreEntry } from "../../../templates/runtime/named-stores.ts";
import type { OpenedStore } from "../../../templates/runtime/store.ts";

// A command that names one store reads that store's DSN, and no other's has to be there.

const rules: DsnRules = { schemes: [{ scheme: "test:" }], parameters: [] };

function entriesOf(opened: string[]): readonly StoreEntry[] {
  const store = (name: string): OpenedStore => {
    opened.push(name);
    return {
      name,
      engine: "testdb",
      health: async () => ({ store: name, engine: "testdb", state: "up", latencyMs: 1 }),
      close: async () => {},
      onChanged: () => () => {},
    };
  };
  return [
    { name: "main", variable: "MAIN_URL", rules, open: () => store("main") },
    { name: "cache", variable: "CACHE_URL", rules, open: () => store("cache") },
    { name: "memory", open: () => store("memory") },
  ];
}

async function health(env: Readonly<Record<string, string>>, name: string) {
  const opened: string[] = [];
  let [out, err] = ["", ""];
  const status = await runDbCli({
    argv: ["health", "--store", name],
    open: (named = "") =>
      namedLayer({
        entries: entriesOf(opened),
        name: named,
        env,
        from: import.meta.url,
        patienceMs: 1_000,
      }),
    write: (text) => (out += text),
    writeError: (text) => (err += text),
  });
  return { status, opened, text: out + err };
}

test("the store that is named needs its own DSN only, and is asked alone", async () => {
  const { status, opened, text } = await health({ MAIN_URL: "test://127.0.0.1/shop" }, "main");
  expect({ status, opened }).toEqual({ status: 0, opened: ["main", "memory"] });
  expect(text).toMatch(/^main {2}up/);
  expect(text).not.toContain("memory");
});

test("another one is opened where its DSN is set, for it may keep the ledger", async () => {
  const both = { MAIN_URL: "test://127.0.0.1/shop", CACHE_URL: "test://127.0.0.1/0" };
  expect((await health(both, "cache")).opened).toEqual(["main", "cache", "memory"]);
});

test("its own DSN is missing, or there is no such store: exit 2, and what there is", async () => {
  const missing = await health({ MAIN_URL: "test://127.0.0.1/shop" }, "cache");
  expect(missing).toMatchObject({
    status: 2,
    text: expect.stringContaining("CACHE_URL is not set"),
  });
  const unknown = await health({}, "mian");
  expect(unknown.status).toBe(2);
  expect(unknown.text).toContain("there is no store mian; there are: main, cache, memory");
});
