/** One spec with a text in every place that takes any text, and the files it becomes. */
import { tmpdir } from "node:os";
import { join } from "node:path";
import { schemaState } from "../../src/cli/schema-stage.ts";
import { engines } from "../../src/engines/registry.gen.ts";
import { lower } from "../../src/ir/lower.ts";
import { irProblems } from "../../src/ir/problems.ts";
import type { Ir } from "../../src/ir/types.ts";
import { isSnapshotPath } from "../../src/reconcile/tool-files.ts";
import { render } from "../../src/render/render.ts";
import { planModel } from "../../src/select/plan-model.ts";
import type { Plan } from "../../src/select/plan.ts";
import type { Model } from "../../src/spec/model.ts";
import { loadSpec } from "../../src/spec/load.ts";

export interface HostileTexts {
  /** Comments of entity, field, index and workload; a description in a JSON Schema. */
  readonly comment?: string;
  /** An enum's value beside a harmless one, and the default of its field. */
  readonly value?: string;
  /** Default of a text field. */
  readonly text?: string;
  /** A constant and a property's name in a JSON Schema. */
  readonly schema?: string;
  /** Name of a table, a column and an index. */
  readonly name?: string;
}

/** The spec as an object; JSON is a form of it that any text fits into. */
export function hostileSpec({
  comment = "harmless text",
  value = "harmless value",
  text = "harmless default",
  schema = "harmless key",
  name = "harmless name",
}: HostileTexts) {
  return {
    version: 1,
    project: "hostile",
    stores: { hosting: "self-managed" },
    entities: {
      Item: {
        comment,
        table: name,
        fields: {
          id: { type: "uuid", key: true, comment },
          state: { type: "enum", values: ["plain", value], default: value, comment },
          body: { type: "text", default: text, comment },
          label: { type: "string", max: 300, column: name, comment },
          shape: {
            type: "json",
            nullable: true,
            schema: {
              type: "object",
              description: comment,
              required: [schema],
              properties: {
                [schema]: { type: "string", description: comment },
                choice: { enum: ["a", schema], description: comment },
                constant: { const: schema },
              },
            },
          },
        },
        indexes: [{ fields: ["body"], name: `${name.slice(0, 20)} i`, comment }],
      },
      Part: { owner: "Item", comment, fields: { no: { type: "int", key: true, comment } } },
    },
    workloads: {
      items: {
        kind: "transactional",
        comment,
        entities: ["Item"],
        access: {
          Item: {
            get: {},
            add: { op: "insert" },
            revise: { op: "patch", fields: ["body", "state"] },
            listByState: { op: "list", where: ["state"], orderBy: ["label"], page: "keyset" },
          },
        },
      },
      "item-search": {
        kind: "search",
        comment,
        from: "Item",
        fields: { body: {}, label: {} },
        access: { search: { text: ["body", "label"], page: "keyset" } },
      },
      "item-cache": { kind: "cache", comment, from: "Item" },
    },
  };
}

export interface Generated {
  readonly files: ReadonlyMap<string, string>;
  readonly model: Model;
  readonly plan: Plan;
  readonly ir: Ir;
}

/** The first migrations of a package that has none, the schema for people, the snapshot. */
function firstMigrations(ir: Ir): readonly (readonly [string, string])[] {
  const { actions, records } = schemaState(ir, join(tmpdir(), "a-folder-that-is-not-there"));
  return [...actions, ...records].flatMap((change, at) => {
    if (change.kind !== "create" || typeof change.content !== "string") return [];
    // A part of the snapshot is called after its table; that its path is a safe one is tested with its making.
    const path =
      isSnapshotPath(change.path) && change.path.endsWith(".json")
        ? `snapshot-${at}.json`
        : change.path;
    return [[path, change.content] as const];
  });
}

/**
 * Spec to files in memory, by the stages of the command line.
 *
 * @returns the problems of a spec that is refused
 */
export function generated(spec: object): Generated | { readonly refused: string } {
  const bytes = Buffer.from(JSON.stringify(spec));
  const missing = { failure: "missing" } as const;
  const files = { readSpec: () => ({ bytes }), read: () => missing, list: () => [] };
  const { model, issues } = loadSpec("workloads.json", { files });
  if (model === undefined) return { refused: issues.map(({ message }) => message).join("\n") };
  const { plan, problems } = planModel(model, engines, undefined, { flips: false });
  if (plan === undefined) throw new Error(JSON.stringify(problems));
  const ir = lower(model, plan);
  const wrong = [
    ...irProblems(ir),
    ...ir.stores.flatMap(
      (store) => engines.find(({ id }) => id === store.engine)?.refuse?.(store) ?? [],
    ),
  ];
  if (wrong.length > 0) return { refused: wrong.map((problem) => problem.text).join("\n") };
  const rendered = render({ ir, plan, model, engines, spec: "workloads.json", version: "0.0.0" });
  const tree = rendered
    .filter(({ unit }) => unit !== "runtime")
    .map(({ path, content }) => [path, Buffer.from(content).toString("utf8")] as const);
  return { files: new Map([...tree, ...firstMigrations(ir)]), model, plan, ir };
}
