import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rebuildableView } from "../../../templates/runtime/view-rebuild.ts";
import { feedOf, MemoryView, thing } from "./memory-view.ts";

const named = (count: number) =>
  Array.from({ length: count }, (_, at) => thing(String(at).padStart(4, "0"), `n${at}`));

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
    expect(report).toEqual({ generation: "g1", rows: 23, resumedAt: 0 });
    expect(target.answers()).toEqual(rows.map(({ item }) => item.name).toSorted());
  });

  test("of nothing publishes an empty view", async () => {
    const target = new MemoryView();
    const report = await rebuildableView("things", "search", feedOf([]), target).rebuild();
    expect(report).toEqual({ generation: "g1", rows: 0, resumedAt: 0 });
    expect((await target.state()).live).toMatchObject({ rows: 0, outdated: false });
  });

  test("that broke off goes on after the last page that was noted", async () => {
    const target = new MemoryView();
    const view = rebuildableView("things", "search", feedOf(named(30)), target);
    let pages = 0;
    await expect(
      view.rebuild({
        pageSize: 10,
        onProgress: () => {
          if ((pages += 1) === 2) target.breaks = 1;
        },
      }),
    ).rejects.toMatchObject({ kind: "unavailable" });
    expect(await view.state()).toEqual({ building: { generation: "g1", rows: 20, after: "0019" } });
    target.written = 0;
    expect(await view.rebuild({ pageSize: 10 })).toEqual({
      generation: "g1",
      rows: 30,
      resumedAt: 20,
    });
    expect(target.written).toBe(10);
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

  test("however often it breaks off, ends with exactly the rows of the authority", async () => {
    const script = fc.record({
      rows: fc.nat({ max: 40 }),
      pageSize: fc.integer({ min: 1, max: 9 }),
      breaks: fc.array(fc.nat({ max: 6 }), { maxLength: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(script, async ({ rows, pageSize, breaks }) => {
        const target = new MemoryView();
        const view = rebuildableView("things", "search", feedOf(named(rows)), target);
        for (const after of breaks) {
          let pages = 0;
          const onProgress = (): void => {
            if (pages++ === after) target.breaks = 1;
          };
          await view.rebuild({ pageSize, onProgress }).catch(() => {});
          target.breaks = 0;
        }
        await view.rebuild({ pageSize });
        expect(target.answers()).toEqual(
          named(rows)
            .map(({ item }) => item.name)
            .toSorted(),
        );
      }),
      { seed: 20_261_121, numRuns: 300 },
    );
  });
});
