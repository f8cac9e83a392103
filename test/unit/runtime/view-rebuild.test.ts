import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rebuildableView, type RebuildableView } from "../../../templates/runtime/view-rebuild.ts";
import type { ViewRow } from "../../../templates/runtime/view.ts";
import { feedOf, MemoryView, type Thing, thing } from "./memory-view.ts";

const named = (count: number) =>
  Array.from({ length: count }, (_, at) => thing(String(at).padStart(4, "0"), `n${at}`));

const namesOf = (rows: readonly ViewRow<Thing>[]): readonly string[] =>
  rows.map(({ item }) => item.name).toSorted();

describe("a rebuild", () => {
  test("copies every row into a generation that answers only when it is whole", async () => {
    const target = new MemoryView();
    const rows = named(23);
    const view = rebuildableView("things", "search", feedOf(rows), target);
    const seen: number[] = [];
    const report = await view.rebuild({
      pageSize: 10,
      onProgress: ({ rows: done }) => {
        seen.push(done);
        expect(target.answers()).toEqual([]);
      },
    });
    expect(seen).toEqual([10, 20, 23]);
    expect(report).toEqual({ generation: "g1", rows: 23, kept: 0 });
    expect(target.answers()).toEqual(rows.map(({ item }) => item.name).toSorted());
  });

  test("of nothing publishes an empty view", async () => {
    const target = new MemoryView();
    const report = await rebuildableView("things", "search", feedOf([]), target).rebuild();
    expect(report).toEqual({ generation: "g1", rows: 0, kept: 0 });
    expect((await target.state()).live).toMatchObject({ rows: 0, outdated: false });
  });

  /** A rebuild that ends when its third page is written. */
  const brokenOff = async (view: RebuildableView, target: MemoryView): Promise<void> => {
    let pages = 0;
    const onProgress = (): void => {
      if ((pages += 1) === 2) target.breaks = 1;
    };
    await expect(view.rebuild({ pageSize: 10, onProgress })).rejects.toMatchObject({
      kind: "unavailable",
    });
  };

  test("that broke off writes only what is not there yet", async () => {
    const target = new MemoryView();
    const view = rebuildableView("things", "search", feedOf(named(30)), target);
    await brokenOff(view, target);
    expect(await view.state()).toEqual({ building: { generation: "g1", rows: 20 } });
    target.written = 0;
    const report = await view.rebuild({ pageSize: 10 });
    expect(report).toEqual({ generation: "g1", rows: 30, kept: 20 });
    expect(target.written).toBe(10);
  });

  test("that broke off takes in what has changed since, and writes nothing else", async () => {
    const target = new MemoryView();
    const rows = named(30);
    const view = rebuildableView("things", "search", feedOf(rows), target);
    await brokenOff(view, target);
    rows[3] = thing("0003", "changed", 2n);
    rows.push(thing("0003a", "between"));
    target.written = 0;
    const report = await view.rebuild({ pageSize: 10 });
    expect(report).toEqual({ generation: "g1", rows: 31, kept: 19 });
    expect(target.written).toBe(12);
    expect(target.answers()).toEqual(namesOf(rows));
  });

  test.each<readonly [string, (rows: ViewRow<Thing>[]) => void]>([
    ["a row is gone", (rows) => rows.splice(4, 1)],
    [
      "one is gone and another new",
      (rows) => {
        rows.splice(4, 1);
        rows.push(thing("0003a", "new"));
      },
    ],
    ["a row came again under its first revision", (rows) => (rows[4] = thing("0004", "again"))],
    ["the authority was restored", (rows) => (rows[4] = thing("0004", "n4", 0n))],
  ])("that broke off begins anew where %s", async (_, change) => {
    const target = new MemoryView();
    const rows = named(30);
    const view = rebuildableView("things", "search", feedOf(rows), target);
    await brokenOff(view, target);
    change(rows);
    const report = await view.rebuild({ pageSize: 10 });
    expect(report).toEqual({ generation: "g2", rows: rows.length, kept: 0 });
    expect(target.answers()).toEqual(namesOf(rows));
    expect((await view.state()).building).toBeUndefined();
  });

  test("begins anew when it is asked to, and ends the other one", async () => {
    const target = new MemoryView();
    const view = rebuildableView("things", "search", feedOf(named(30)), target);
    const under = { kind: "conflict", message: expect.stringContaining("is under way since 20") };
    let inner: unknown;
    const onProgress = async (): Promise<void> => {
      if (inner !== undefined) return;
      inner = view.rebuild();
    };
    await view.rebuild({ pageSize: 10, onProgress: () => void onProgress() });
    await expect(inner).rejects.toMatchObject(under);
    let second: Promise<unknown> | undefined;
    const first = view.rebuild({
      pageSize: 10,
      onProgress: () => void (second ??= view.rebuild({ fresh: true })),
    });
    await expect(first).rejects.toMatchObject({
      kind: "conflict",
      message: "another rebuild of this view has taken over",
    });
    expect(await second).toMatchObject({ rows: 30, kept: 0 });
    expect(target.answers()).toEqual(namesOf(named(30)));
  });

  test("publishes nothing when somebody else writes into its generation", async () => {
    const target = new MemoryView();
    const view = rebuildableView("things", "search", feedOf(named(5)), target);
    const slip = (): void => target.slip(thing("9999", "slipped in"));
    await expect(view.rebuild({ onProgress: slip })).rejects.toMatchObject({
      kind: "conflict",
      message: expect.stringContaining("holds 6 rows, and 5 were written"),
    });
    expect(target.answers()).toEqual([]);
    expect(await view.rebuild()).toMatchObject({ generation: "g2", rows: 5 });
  });

  test("is as fresh as its beginning: what changes behind it comes with the next one", async () => {
    const target = new MemoryView();
    const rows = named(30);
    const view = rebuildableView("things", "search", feedOf(rows), target);
    let pages = 0;
    const changeOnce = (): void => {
      if ((pages += 1) !== 1) return;
      rows[2] = thing("0002", "behind", 2n);
      rows[22] = thing("0022", "ahead", 2n);
      rows.splice(25, 1);
      rows.splice(5, 1);
    };
    expect(await view.rebuild({ pageSize: 10, onProgress: changeOnce })).toMatchObject({
      rows: 29,
    });
    expect(target.answers()).toContain("ahead");
    expect(target.answers()).toContain("n5");
    expect(target.answers()).not.toContain("behind");
    expect(target.answers()).not.toContain("n25");
    await view.rebuild({ pageSize: 10 });
    expect(target.answers()).toEqual(namesOf(rows));
  });

  test("of another definition begins anew, while the old one answers", async () => {
    const target = new MemoryView();
    const view = rebuildableView("things", "search", feedOf(named(12)), target);
    await view.rebuild();
    target.definition = "second";
    expect((await view.state()).live).toMatchObject({ generation: "g1", outdated: true });
    const report = await view.rebuild({
      pageSize: 5,
      onProgress: () => expect(target.answers()).toHaveLength(12),
    });
    expect(report.generation).toBe("g2");
    expect(await view.state()).toEqual({ live: { generation: "g2", rows: 12, outdated: false } });
  });

  test("names the rows that cannot be written and publishes nothing", async () => {
    const target = new MemoryView();
    for (const key of ["0003", "0011"]) target.refused.add(key);
    const view = rebuildableView("things", "search", feedOf(named(25)), target);
    await expect(view.rebuild({ pageSize: 10 })).rejects.toMatchObject({
      kind: "constraint",
      operation: "views.rebuild",
      store: "search",
      message: "2 rows of things could not be written (0003, 0011): the document is too large",
    });
    expect((await view.state()).live).toBeUndefined();
    target.refused.clear();
    expect(await view.rebuild({ pageSize: 10 })).toMatchObject({ rows: 25 });
  });

  test("however often it breaks off and whatever changes in between, ends with exactly the rows of the authority", async () => {
    const change = fc.record({
      after: fc.nat({ max: 6 }),
      remove: fc.array(fc.nat({ max: 40 }), { maxLength: 2 }),
      edit: fc.array(fc.nat({ max: 40 }), { maxLength: 3 }),
      add: fc.array(fc.nat({ max: 40 }), { maxLength: 2 }),
    });
    const script = fc.record({
      rows: fc.nat({ max: 40 }),
      pageSize: fc.integer({ min: 1, max: 9 }),
      revised: fc.boolean(),
      breaks: fc.array(change, { maxLength: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(script, async ({ rows: count, pageSize, revised, breaks }) => {
        const target = new MemoryView();
        const rows = named(count);
        let revision = 1n;
        const next = (): bigint => (revised ? (revision += 1n) : 1n);
        const view = rebuildableView("things", "search", feedOf(rows), target);
        for (const [round, { after, remove, edit, add }] of breaks.entries()) {
          let pages = 0;
          const onProgress = (): void => {
            if (pages++ === after) target.breaks = 1;
          };
          await view.rebuild({ pageSize, onProgress }).catch(() => {});
          target.breaks = 0;
          for (const at of edit) {
            const row = rows[at];
            if (row !== undefined) rows[at] = thing(row.key, `e${round}-${at}`, next());
          }
          for (const at of remove) rows.splice(at, 1);
          for (const at of add)
            rows.push(thing(`${at}-${round}-${rows.length}`, `a${round}`, next()));
        }
        await view.rebuild({ pageSize });
        expect(target.answers()).toEqual(namesOf(rows));
      }),
      { seed: 20_261_121, numRuns: 300 },
    );
  });
});
