// A node whose Faiss cannot be loaded: the thread that builds a graph dies without an answer, and a rebuild would wait for its deadline.
import { afterAll, beforeAll, expect, it } from "vitest";
import { Generations } from "../../templates/engines/opensearch/generation.ts";
import { viewTarget } from "../../templates/engines/opensearch/view-target.ts";
import { rebuildableView } from "../../templates/runtime/view-rebuild.ts";
import {
  note,
  noteView,
  type OpenedSearch,
  openStore,
  request,
} from "../engines/opensearch/opened.ts";
import { onPrivateServer } from "./opensearch-server.ts";
import { verdict } from "./suite.ts";

await onPrivateServer(
  "a rebuild without Faiss",
  (server) => {
    let opened: OpenedSearch;
    beforeAll(async () => {
      const { dsn } = await server.namespace();
      opened = openStore(dsn, { deadlineMs: 20_000 });
    });
    afterAll(() => opened.close());

    it("is told at once what the nodes lack; where they have it, it is whole", async () => {
      const { store } = opened;
      const lucene = noteView("faiss", { vectors: true });
      const text = JSON.stringify(lucene.definition).replace(`"lucene"`, `"faiss"`);
      const definition = JSON.parse(text) as typeof lucene.definition;
      const generations = new Generations(store.http, `${store.prefix}faiss`);
      await request(opened, (attempt) => store.state.create(attempt));
      await request(opened, (attempt) => generations.define(definition, attempt));
      const rows = Array.from({ length: 40 }, (_, at) => ({
        key: String(at),
        revision: 1n,
        item: { ...note(at), embedding: [1, 2, 3, at] },
      }));
      const view = rebuildableView(
        "faiss",
        "search",
        { page: async () => ({ rows }) },
        viewTarget(store, lucene.declared),
      );
      const told = await verdict(view.rebuild());
      // A server of another origin may have the library.
      if (!server.origin.startsWith("Maven")) return expect(told.kind).toBe("ok");
      expect(told).toMatchObject({
        kind: "programming",
        attempts: 1,
        hint: expect.stringContaining("native libraries"),
      });
      expect(told.elapsed).toBeLessThan(20_000);
    }, 90_000);
  },
  { features: ["vector"] },
);
