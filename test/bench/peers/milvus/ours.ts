import { between } from "../../../../templates/engines/milvus/expression.ts";
import type { OpenCalls } from "../../harness/contender-process.ts";
import { nearestOf, openStore } from "./store.ts";
import { bulk, inTurn, vector } from "./rows.ts";
import { view } from "./view.ts";

export const open: OpenCalls = async ({ dsn }) => {
  const { store, close } = openStore(String(dsn));
  const writer = store.session.target(view).live();
  const search = () => store.session.nearest(nearestOf, vector(), [], { limit: 10 });
  const filtered = () =>
    store.session.nearest(nearestOf, vector(), between("f_number", { max: 999 }), { limit: 10 });
  if ((await search()).length !== 10) throw new Error("the view does not answer");
  return {
    calls: {
      search,
      filtered,
      upsert: inTurn(() =>
        writer.write(
          bulk().map((item) => ({ kind: "upsert" as const, key: item.id, revision: 1n, item })),
        ),
      ),
    },
    close,
  };
};
