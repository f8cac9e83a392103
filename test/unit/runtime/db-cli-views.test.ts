import { expect, test } from "vitest";
import { runDbCli } from "../../../templates/runtime/db-cli.ts";
import { DataError } from "../../../templates/runtime/errors.ts";
import { HealthMonitor } from "../../../templates/runtime/health.ts";
import { rebuildableView } from "../../../templates/runtime/view-rebuild.ts";
import { MemoryTarget } from "./memory-target.ts";
import { feedOf, MemoryView, thing } from "./memory-view.ts";

const target = new MemoryView();
const rows = Array.from({ length: 1_200 }, (_, at) => thing(String(at).padStart(4, "0"), `n${at}`));
const view = rebuildableView("thing-search", "search", feedOf(rows), target);

async function run(...argv: readonly string[]) {
  let [out, err] = ["", ""];
  const status = await runDbCli({
    argv,
    open: () => ({
      stores: [],
      views: [view],
      health: new HealthMonitor([]),
      close: async () => {},
    }),
    write: (text) => (out += text),
    writeError: (text) => (err += text),
    terminal: false,
  });
  return { status, out, err };
}

test("a view is shown, filled and shown again", async () => {
  expect(await run("views", "status")).toEqual({
    status: 1,
    out: "",
    err: "thing-search  not built; run npm run db -- views rebuild thing-search\n",
  });
  expect(await run("views", "rebuild", "thing-search")).toEqual({
    status: 0,
    out: "thing-search: 1,200 rows in generation g1\n",
    err: "thing-search: 500 rows\nthing-search: 1,000 rows\nthing-search: 1,200 rows\n",
  });
  expect(await run("views", "status")).toEqual({
    status: 0,
    out: "thing-search  1,200 rows, generation g1\n",
    err: "",
  });
  target.definition = "second";
  target.breaks = 1;
  expect(await run("views", "rebuild", "thing-search")).toEqual({
    status: 3,
    out: "",
    err: "the view is away\n",
  });
  expect(await run("views", "status", "--json")).toMatchObject({ status: 1, err: "" });
  expect((await run("views", "status")).err).toBe(
    `thing-search  1,200 rows, generation g1; made for an older definition, run npm run db -- views rebuild thing-search
thing-search  generation g2 begun: 0 rows so far; npm run db -- views rebuild thing-search goes on with it
`,
  );
});

test("of a store that is away it is told which one, and where it was looked for", async () => {
  let err = "";
  const state = () =>
    Promise.reject(
      new DataError({ kind: "unavailable", store: "search", message: "things.state: no answer" }),
    );
  const status = await runDbCli({
    argv: ["views", "status"],
    open: () => ({
      stores: [
        { name: "search", target: new MemoryTarget(), folder: "none", place: "SEARCH_URL: h:9200" },
      ],
      views: [{ ...view, state }],
      health: new HealthMonitor([]),
      close: async () => {},
    }),
    writeError: (text) => (err += text),
  });
  expect([status, err]).toEqual([3, "search (SEARCH_URL: h:9200): things.state: no answer\n"]);
});

test("another view is not there, and a name is needed", async () => {
  expect(await run("views", "rebuild", "other")).toMatchObject({
    status: 2,
    err: "there is no view other in a store of its own; there are: thing-search\n",
  });
  expect((await run("views", "rebuild")).err).toContain("views status | rebuild NAME");
});
