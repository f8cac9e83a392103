import { schemaFolder } from "../reconcile/tool-files.ts";
import type { Finding } from "../reconcile/write-plan.ts";
import { type Crossing, crossingsOf } from "./crossings.ts";
import type { MigrationFolder } from "./folder.ts";

/** What two branches did to one thing, each without knowing of the other, with the way out. */
export function crossedBranches({ store, migrations }: MigrationFolder): readonly Finding[] {
  return crossingsOf(migrations).map((crossing): Finding => {
    const path = `migrations/${store}/${crossing.change}.json`;
    return {
      kind: "crossed-branches",
      path,
      message: `${path}: ${crossing.change} and ${crossing.other} come from two branches, and ${reasons[crossing.kind](crossing)}`,
      mend: mendOf(store, crossing),
    };
  });
}

const reasons: Readonly<Record<Crossing["kind"], (crossing: Crossing) => string>> = {
  displaced: ({ change, other, name }) =>
    `${other} takes ${name} away or puts something else in its place, on which ${change} builds: one after the other they fail, or lose what the first one made`,
  twice: ({ name }) => `both add ${name}: the second one fails`,
};

function mendOf(store: string, { change, other, last }: Crossing): string {
  const folders = `migrations/${store} ${schemaFolder}/${store}`;
  const name = change.replace(/^\d+-/, "");
  return (
    `write ${change} anew on the other. While no store has applied it: git rm -rqf ${folders} && git checkout COMMIT -- ${folders}, ` +
    `where COMMIT has ${other} and not ${change} (of a merge HEAD^1 or HEAD^2, in the middle of one HEAD or MERGE_HEAD), then async-db-starter migrate diff ${name}. ` +
    `Where stores hold both, and migrate rehearse --all and migrate verify find nothing: add "${last}" to the parents in ${change}.json, and on each of those stores: npm run db -- migrate accept ${change}`
  );
}
