// Any change after any other, on documents: what code of before and of after write meanwhile is accepted, nothing that stays is lost, and
// in the end every document fits the spec.
import fc from "fast-check";
import { expect, test } from "vitest";
import { planner } from "../../../src/engines/mongodb/schema/planner.ts";
import { collectionsOf, type Shape } from "../../../src/engines/mongodb/schema/state.ts";
import { validatorOf } from "../../../src/engines/mongodb/schema/validator.ts";
import type { Phase, PlannedChange } from "../../../src/migrate/step.ts";
import { applied, type Doc, Double, finds, fits } from "./documents.ts";
import { changed, commandsOf, press, storeOf } from "./press.ts";

/** A field as the generator knows it: identity, name now, type. */
interface Kept {
  readonly id: number;
  readonly name: string;
  readonly type: string;
}

const types = [
  "type: int, default: 12",
  "type: int, min: 10, max: 20, default: 12",
  "type: bigint, default: 12",
  "type: float, default: 12",
  'type: string, max: 40, default: "12"',
  'type: text, default: "12"',
  "type: text, nullable: true",
  "type: int, nullable: true",
  'type: enum, values: ["12", "13"], default: "12"',
] as const;

interface Version {
  readonly root: readonly Kept[];
  readonly child: readonly Kept[];
}

/** The spec of a version after another, with `was:` where a field has another name now. */
function specOf({ root, child }: Version, before: Version | undefined): string {
  const lines = (now: readonly Kept[], then: readonly Kept[]): string =>
    now
      .map(({ id, name, type }) => {
        const old = then.find((one) => one.id === id)?.name;
        const was = old === undefined || old === name ? "" : `, was: ${old}`;
        return `      ${name}: { ${type}${was} }\n`;
      })
      .join("");
  return press
    .replace("    timestamps: false\n", "    timestamps: false\n    audit: true\n")
    .replace("      words: { type: int, min: 0 }\n", lines(root, before?.root ?? []))
    .replace("orderBy: [words], ", "")
    .replace(
      "      text: { type: text }\n",
      `      text: { type: text }\n${lines(child, before?.child ?? [])}`,
    );
}

/** One edit of a list of fields, by three random numbers. */
function edit(fields: readonly Kept[], serial: number, [what, which, how]: Draw): readonly Kept[] {
  const type = types[how % types.length] ?? types[0];
  const at = which % Math.max(1, fields.length);
  if (what === 0 || fields.length === 0)
    return [...fields, { id: serial, name: `f${serial}`, type }];
  if (what === 1) return fields.filter((_, index) => index !== at);
  return fields.map((field, index) =>
    index !== at
      ? field
      : what === 2
        ? { ...field, type }
        : { ...field, name: `f${serial}`, type: how % 2 === 0 ? field.type : type },
  );
}
type Draw = readonly [what: number, which: number, how: number];

const collection = (spec: string): Shape => {
  const found = collectionsOf(planner.snapshot(storeOf(spec), "press")).get("articles");
  if (found === undefined) throw new Error("no collection");
  return found;
};

/** A document as code of a version writes it. */
function written(shape: Shape, id: string, serial: number): Doc {
  const value = (kind: string, required: boolean): unknown => {
    if (!required && serial % 3 === 0) return null;
    const number = 12 + (serial % 2);
    if (kind === "bigint") return BigInt(number);
    if (kind === "float") return new Double(number);
    if (kind === "json") return null;
    return kind === "int" ? number : String(number);
  };
  const inner = ({ properties, children }: Shape): Doc => ({
    ...Object.fromEntries(
      Object.entries(properties).map(([name, { kind, required, schema }]) => [
        name,
        name === "state" ? (schema["enum"] as readonly string[])[0] : value(kind, required),
      ]),
    ),
    ...Object.fromEntries(
      Object.entries(children).map(([name, child]) => [
        name,
        Array.from({ length: serial % 3 }, (_, no) => ({ ...inner(child), no })),
      ]),
    ),
  });
  return { _id: id, ...inner(shape) };
}

/** The validator that is in force after the steps of a phase. */
function inForce({ steps }: PlannedChange, phase: Phase, before: Doc): Doc {
  const set = steps
    .filter((step) => step.phase === phase)
    .flatMap(({ up }) => commandsOf(up))
    .flatMap((command) => ("setValidator" in command ? [command.validator as Doc] : []));
  return set.at(-1) ?? before;
}

const run = (
  docs: readonly Doc[],
  { steps }: PlannedChange,
  phase: Phase,
  of = "articles",
): readonly Doc[] =>
  steps
    .filter((step) => step.phase === phase)
    .reduce((now, { up }) => applied(now, commandsOf(up), of), docs);

/** What the history records of a document. */
const recordedOf = (state: Doc): Doc => ({ at: new Date(0), state });
const stateOf = ({ state }: Doc): Doc => state as Doc;

/** A document after code of a version wrote all it knows of it. */
const edited = (doc: Doc, now: Doc): Doc => ({ ...doc, ...now });

const nameBefore = (name: string, then: readonly Kept[], now: readonly Kept[]): string => {
  const id = now.find((field) => field.name === name)?.id;
  return then.find((field) => field.id === id)?.name ?? name;
};

const draw = fc.tuple(fc.nat(3), fc.nat(9), fc.nat(19));
const chain = fc.array(fc.tuple(fc.boolean(), draw), { minLength: 1, maxLength: 8 });
const runs = process.env["FULL"] === "1" ? 1000 : 40;

test("documents follow a chain of changes while both versions write", () => {
  let [changes, ways, kept] = [0, 0, 0];
  fc.assert(
    fc.property(chain, fc.constantFrom("split" as const, "direct" as const), (edits, mode) => {
      let version: Version = { root: [{ id: 0, name: "f0", type: types[0] }], child: [] };
      let spec = specOf(version, undefined);
      let docs: readonly Doc[] = [0, 1, 2, 3].map((at) => written(collection(spec), `a${at}`, at));
      let past: readonly Doc[] = docs.map(recordedOf);
      for (const [at, [below, drawn]] of edits.entries()) {
        const part = below ? "child" : "root";
        const next: Version = { ...version, [part]: edit(version[part], at + 1, drawn) };
        const after = specOf(next, version);
        const change = changed(spec, after, { mode });
        if (change.questions.length > 0) continue;
        changes += 1;
        const [then, now] = [collection(spec), collection(after)];
        const between = inForce(change, "expand", validatorOf(then) as Doc);
        const accept = (doc: Doc): void => {
          if (!finds(between, doc))
            throw new Error(`refused between the phases: ${JSON.stringify(doc, bigints)}`);
          docs = [...docs, doc];
          past = [...past, recordedOf(doc)];
        };
        const waits = change.steps.some(({ risks }) => risks.includes("new-code-waits"));
        const follow = (phase: Phase): void => {
          docs = run(docs, change, phase);
          past = run(past, change, phase, "articles_history");
        };
        follow("expand");
        if (mode === "split") {
          accept(written(then, `old${at}`, at));
          if (!waits) accept(written(now, `new${at}`, at + 1));
        }
        follow("backfill");
        for (const doc of docs)
          expect(finds(between, doc), JSON.stringify(doc, bigints)).toBe(true);
        if (mode === "split") {
          accept(written(then, `late${at}`, at + 2));
          // Code of before edits what the backfill has passed.
          docs = docs.map((doc) =>
            doc["_id"] === `new${at}`
              ? doc
              : edited(doc, written(then, String(doc["_id"]), at + 1)),
          );
          past = [...past, ...docs.map(recordedOf)];
          for (const doc of docs) expect(finds(between, doc)).toBe(true);
        }
        const [before, recorded] = [docs, past.map(stateOf)];
        follow("contract");
        if (mode === "split" && waits) {
          docs = [...docs, written(now, `new${at}`, at + 1)];
          past = [...past, recordedOf(docs.at(-1) ?? {})];
        }
        const { $jsonSchema } = validatorOf(now) as { readonly $jsonSchema: Doc };
        for (const doc of [...docs, ...past.map(stateOf)])
          expect(fits($jsonSchema, doc), JSON.stringify(doc, bigints)).toBe(true);
        const sides = [
          [before, docs],
          [recorded, past.map(stateOf)],
        ] as const;
        const pairs = sides.flatMap(([old, fresh]) =>
          fresh.map((doc, index) => [old[index], doc] as const),
        );
        for (const [old, doc] of pairs) {
          const known = Object.keys(now.properties).concat(Object.keys(now.children), "_id");
          expect(Object.keys(doc).filter((key) => !known.includes(key))).toEqual([]);
          // What does not change its type is what it was last, whatever it is called.
          for (const [name, { kind }] of Object.entries(now.properties)) {
            const was = nameBefore(name, version.root, next.root);
            if (then.properties[was]?.kind !== kind || old?.[was] == null) continue;
            kept += was === name ? 0 : 1;
            expect(doc[name]).toEqual(old[was]);
          }
        }
        if (change.steps.every(({ reversibility }) => reversibility === "reversible")) {
          ways += 1;
          const old = validatorOf(then) as { readonly $jsonSchema: Doc };
          const takenBack = (found: readonly Doc[], of: string): readonly Doc[] =>
            change.steps
              .toReversed()
              .reduce((each, { down }) => applied(each, commandsOf(down), of), found);
          const back = [
            ...takenBack(docs, "articles"),
            ...takenBack(past, "articles_history").map(stateOf),
          ];
          // What code of after wrote may be more than code of before knows.
          for (const doc of back.filter(({ _id }) => _id !== `new${at}`))
            expect(fits(old.$jsonSchema, doc), JSON.stringify(doc, bigints)).toBe(true);
        }
        [version, spec] = [next, specOf(next, undefined)];
      }
    }),
    { seed: 20261121, numRuns: runs },
  );
  expect(changes).toBeGreaterThan(runs);
  expect(ways).toBeGreaterThan(runs / 2);
  expect(kept).toBeGreaterThan(runs);
}, 600_000);

const bigints = (_: string, value: unknown): unknown =>
  typeof value === "bigint" ? `${value}n` : value;
