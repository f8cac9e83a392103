/** Versions of a spec for comparisons, made by the real loader, planner and lowering. */
import { compare, type Compatibility, type SpecVersion } from "../../../src/compat/compare.ts";
import type { PlannerOf } from "../../../src/compat/storage.ts";
import { engines } from "../../../src/engines/registry.gen.ts";
import { lower } from "../../../src/ir/lower.ts";
import type { Snapshot, SchemaPlanner, Step } from "../../../src/migrate/step.ts";
import { planModel } from "../../../src/select/plan-model.ts";
import { formatIssues } from "../../../src/spec/issues.ts";
import { loadSpec } from "../../../src/spec/load.ts";
import { memoryFiles } from "../../support/memory-files.ts";

export const library = `version: 1
project: library
entities:
  Book:
    version: true
    fields:
      id: { type: uuid, key: true }
      isbn: { type: string, max: 17, unique: true }
      title: { type: string, max: 200 }
      state: { type: enum, values: [new, used], default: new }
      price: { type: decimal, precision: 8, scale: 2, min: 0 }
      stock: { type: int, min: 0 }
      extra: { type: json, nullable: true }
      embedding: { type: vector, dimensions: 8, metric: cosine, nullable: true }
  Loan:
    fields:
      id: { type: uuid, key: true }
      bookId: { type: uuid, references: Book, onDelete: cascade }
      since: { type: timestamp }
  LoanNote:
    owner: Loan
    fields:
      no: { type: int, key: true }
      text: { type: text }
workloads:
  books:
    kind: transactional
    entities: [Book, Loan]
    access:
      Book:
        get: {}
        listByState: { op: list, where: [state], optional: [price.range], orderBy: [-title], page: keyset }
        worth: { op: aggregate, groupBy: [state], measure: { sum: stock, count: true } }
        add: { op: insert }
        amend: { op: patch, fields: [title, price] }
        take: { op: increment, field: stock, by: negative, floor: 0 }
      Loan: { get: {}, lend: { op: insert } }
  book-search:
    kind: search
    from: Book
    fields: { title: { weight: 2 }, isbn: {} }
    sla: { freshnessSeconds: 5 }
    access: { search: { text: [title, isbn], filter: [state], page: keyset } }
  similar-books: { kind: vector, from: Book, field: embedding, access: { nearest: {} } }
  book-cache: { kind: cache, from: Book, ttl: 10m }
`;

export function version(spec: string): SpecVersion {
  const { model, issues } = loadSpec("workloads.yaml", {
    files: memoryFiles({ "workloads.yaml": spec }),
  });
  if (model === undefined) throw new Error(formatIssues(issues));
  const { plan, problems } = planModel(model, engines, undefined, { flips: false });
  if (plan === undefined) throw new Error(JSON.stringify(problems));
  return { model, ir: lower(model, plan) };
}

/** The spec with a text of it replaced. @throws when it does not hold the text: the test would compare a spec with itself */
export function edited(spec: string, from: string, to: string): string {
  if (!spec.includes(from)) throw new Error(`the spec does not hold ${from}`);
  return spec.replace(from, () => to);
}

/** @param planner of every engine; by default one that never has anything to do */
export const compared = (
  before: string,
  after: string,
  planner: PlannerOf = plannerOf([]),
): Compatibility => compare(version(before), version(after), planner);

/** `breaking Book.title: removed`, one a change. */
export const lines = ({ changes }: Compatibility): readonly string[] =>
  changes.map(({ impact, subject, what }) => `${impact} ${subject}: ${what}`);

/** A planner that answers with fixed steps, whatever changed. */
export const plannerOf = (
  steps: readonly Partial<Step>[],
  questions: ReturnType<SchemaPlanner["diff"]>["questions"] = [],
): PlannerOf => {
  const planner: SchemaPlanner = {
    suffix: "sql",
    snapshot: (store): Snapshot => new Map([[store.name, store.entities.map(({ name }) => name)]]),
    diff: () => ({ steps: steps.map((step) => ({ ...plain, ...step })), questions }),
    names: () => [],
    print: () => "",
  };
  return () => planner;
};

const plain: Step = {
  name: "step",
  title: "books: something",
  phase: "expand",
  up: "up",
  down: "down",
  reversibility: "reversible",
  risks: ["none"],
  transactional: true,
  touches: ["books"],
};
