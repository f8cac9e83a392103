/** A row that Milvus does not hold, met by a rebuild: named with its field and size, and what answered before still does. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { rebuildableView } from "../../../templates/runtime/view-rebuild.ts";
import type { ViewFeed } from "../../../templates/runtime/view.ts";
import { onShared } from "../../faults/suite.ts";
import {
  filled,
  nearestOf,
  type Note,
  note,
  noteView,
  openStore,
  type OpenedMilvus,
} from "./opened.ts";

await onShared("milvus", "rows beyond 65,535 bytes", (server) => {
  let opened: OpenedMilvus;
  let drop: () => Promise<void>;
  beforeAll(async () => {
    const space = await server.namespace();
    drop = () => space.drop();
    opened = openStore(space.dsn);
  });
  afterAll(async () => {
    await opened?.close();
    await drop?.();
  });

  const feedOf = (notes: readonly Note[]): ViewFeed<Note> => ({
    page: async () => ({ rows: notes.map((item) => ({ key: item.id, revision: 1n, item })) }),
  });

  it("a rebuild names the row, the field and the bytes, and the former generation answers on", async () => {
    const { session } = opened.store;
    const view = noteView("oversized");
    const rebuild = (notes: readonly Note[]) =>
      rebuildableView(view.name, "vectors", feedOf(notes), session.target(view)).rebuild();
    const numbers = async (): Promise<readonly number[]> => {
      const found = await session.nearest(nearestOf(view), filled(0), []);
      return found.map(({ item }) => item.number);
    };
    expect(await rebuild([note(1), note(2)])).toMatchObject({ rows: 2 });
    const long: Note = { ...note(3), words: ["ä".repeat(40_000)] };
    await expect(rebuild([note(1), long, note(2)])).rejects.toMatchObject({
      kind: "constraint",
      operation: "views.rebuild",
      message: expect.stringMatching(
        /^1 row of oversized could not be written \(3\): the item as JSON has 80\d\d\d bytes, 80004 of them in words, and Milvus holds 65535 of a text$/,
      ),
      hint: expect.stringContaining("bound it in the spec by max"),
    });
    expect(await numbers()).toEqual([1, 2]);
    const most: Note = { ...note(3), words: ["ä".repeat(32_000)] };
    expect(await rebuild([note(1), most])).toMatchObject({ rows: 2 });
    expect(await numbers()).toEqual([1, 3]);
  });
});
