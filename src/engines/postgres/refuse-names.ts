import type { EntityIr, StoreIr } from "../../ir/types.ts";
import { identifierBytes } from "../../ir/names.ts";
import type { Refusal } from "./refuse.ts";

/** Names that the server would cut, or that statements could not hold. */
export function nameProblems(entity: EntityIr): readonly Refusal[] {
  const path = `entities.${entity.name}`;
  const names = [
    { path: `${path}.table`, name: entity.table, key: "table" },
    ...entity.fields.map((field) => ({
      path: `${path}.fields.${field.name}`,
      name: field.column,
      key: "column",
    })),
  ];
  return names.flatMap(({ path: at, name, key }) => {
    const problem = nameProblem(name) ?? (key === "column" ? columnProblem(name) : undefined);
    return problem === undefined
      ? []
      : [
          {
            path: at,
            text: `${key} ${JSON.stringify(name)} ${problem}`,
            hint: `name another: ${key}:`,
          },
        ];
  });
}

function nameProblem(name: string): string | undefined {
  if (name === "") return "is empty";
  if (Buffer.byteLength(name, "utf8") > identifierBytes)
    return `is longer than ${identifierBytes} bytes, where the server cuts names`;
  // A statement's parameters are found in its text, quoted names included.
  return /\$\d|\{0\}|\0/.test(name) ? "reads like a parameter of a statement" : undefined;
}

/** Every table has these already. Source: manual, "System Columns". */
const systemColumns: ReadonlySet<string> = new Set([
  "tableoid",
  "xmin",
  "cmin",
  "xmax",
  "cmax",
  "ctid",
]);

const columnProblem = (name: string): string | undefined =>
  systemColumns.has(name) ? "is a system column that every table has" : undefined;

/** A transaction has the store's repositories beside two properties of its own. */
export function propertyProblems(store: StoreIr): readonly Refusal[] {
  const own = ["store", "raw"];
  const views = store.views.filter((view) => own.includes(view.property));
  const repositories = store.repositories.filter(({ entity }) => own.includes(entity.property));
  return [
    ...views.map((view) => ({
      path: `workloads.${view.workload}`,
      text: `"${view.property}" is what a transaction calls its own`,
      hint: "name the workload otherwise",
    })),
    ...repositories.map(({ entity }) => ({
      path: `entities.${entity.name}`,
      text: `"${entity.property}" is what a transaction calls its own`,
      hint: "name the entity otherwise",
    })),
  ];
}
