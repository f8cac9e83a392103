import { duration } from "../engines/families/record/describe.ts";
import type { Ir, StructureIr, StructuresIr } from "../ir/types.ts";
import type { Structure, StructureValue } from "../spec/model.ts";
import { noteOf, type SpecChange } from "./change.ts";
import { pairs } from "./pairs.ts";
import { sameJson } from "./type-change.ts";

const api = noteOf("api");
const storage = noteOf("storage");

interface Placed extends StructuresIr {
  readonly store: string;
}

const placed = ({ stores }: Ir): readonly Placed[] =>
  stores.flatMap(({ name, structures = [] }) => structures.map((one) => ({ ...one, store: name })));

/**
 * Differences in hashes, sorted sets, streams and channels. No migration touches what they hold: it stays as it was written, under the keys
 * it was written to.
 */
export function structureChanges(before: Ir, after: Ir): readonly SpecChange[] {
  const workloads = pairs(placed(before), placed(after), { name: ({ workload }) => workload });
  return [
    ...workloads.removed.map(({ property }) =>
      api("breaking", `data.${property}`, "removed", "code that uses its structures fails"),
    ),
    ...workloads.added.map(({ property }) =>
      api("additive", `data.${property}`, "added", "structures more"),
    ),
    ...workloads.kept.flatMap((pair) => workloadChanges(pair.before, pair.after)),
  ];
}

function workloadChanges(before: Placed, after: Placed): readonly SpecChange[] {
  const subject = `data.${after.property}`;
  const structures = pairs(before.structures, after.structures, { name: ({ name }) => name });
  const place = ({ name }: StructureIr): string => `${subject}.${name}`;
  return [
    ...(before.store === after.store
      ? []
      : [
          storage(
            "breaking",
            subject,
            `store ${before.store} → ${after.store}`,
            "what its structures hold stays behind: nothing copies it",
          ),
        ]),
    ...tenancy(before, after, subject),
    ...structures.removed.map((one) =>
      api("breaking", place(one), "removed", "code that uses it fails; what it holds stays"),
    ),
    ...structures.added.map((one) => api("additive", place(one), "added", "a structure more")),
    ...structures.kept.flatMap((pair) =>
      structureChange(pair.before.structure, pair.after.structure, place(pair.after)),
    ),
  ];
}

function tenancy(before: Placed, after: Placed, subject: string): readonly SpecChange[] {
  if (before.tenant === after.tenant) return [];
  const [what, door] =
    after.tenant === true
      ? ["tenant off → on", "it is reached by forTenant() only"]
      : ["tenant on → off", "forTenant() has it no more"];
  return [
    api("breaking", subject, what, door),
    storage("breaking", subject, what, "its keys are others: what was kept is not found"),
  ];
}

function structureChange(
  before: Structure,
  after: Structure,
  subject: string,
): readonly SpecChange[] {
  if (before.type !== after.type)
    return [
      storage(
        "breaking",
        subject,
        `type ${before.type} → ${after.type}`,
        "it has other methods, and a key of before ends its calls with an error until it is deleted",
      ),
    ];
  return [
    ...valueChange(before, after, subject),
    ...schemaChange(before, after, subject),
    ...timeChange(before, after, subject),
    ...boundChange(before, after, subject),
  ];
}

/** What a hash of before holds, read as another type. */
const readAs: Readonly<Partial<Record<StructureValue, readonly StructureValue[]>>> = {
  int: ["bigint", "float", "string", "json"],
  bigint: ["string"],
  float: ["string"],
  boolean: ["string"],
  timestamp: ["string"],
  json: ["string"],
};

function valueChange(before: Structure, after: Structure, subject: string): readonly SpecChange[] {
  if (before.type !== "hash" || after.type !== "hash" || before.value === after.value) return [];
  const what = `value ${before.value} → ${after.value}`;
  const legible = readAs[before.value]?.includes(after.value) === true;
  return [
    api("breaking", subject, what, "code gets and gives values of another type"),
    ...(legible
      ? []
      : [
          storage(
            "breaking",
            subject,
            what,
            "a value of before cannot be read; nothing converts it",
          ),
        ]),
  ];
}

const schemaOf = (structure: Structure): unknown =>
  "schema" in structure ? structure.schema : undefined;

function schemaChange(before: Structure, after: Structure, subject: string): readonly SpecChange[] {
  if (sameJson(schemaOf(before) ?? null, schemaOf(after) ?? null)) return [];
  const why = "what was written under the other schema is read as it is; nothing converts it";
  return [api("breaking", subject, "schema changed", why)];
}

const ttlOf = (structure: Structure): number | undefined =>
  "ttlMs" in structure ? structure.ttlMs : undefined;

function timeChange(before: Structure, after: Structure, subject: string): readonly SpecChange[] {
  const [old, now] = [ttlOf(before), ttlOf(after)];
  if (old === now) return [];
  const shown = (ms: number | undefined): string => (ms === undefined ? "none" : duration(ms));
  return [
    api("breaking", subject, `ttl ${shown(old)} → ${shown(now)}`, "keys end at another time"),
  ];
}

function boundChange(before: Structure, after: Structure, subject: string): readonly SpecChange[] {
  if (before.type === "stream" && after.type === "stream" && before.maxLength !== after.maxLength) {
    const what = `maxLength ${before.maxLength} → ${after.maxLength}`;
    return [
      after.maxLength < before.maxLength
        ? storage("breaking", subject, what, "older messages are cut off when the next is appended")
        : storage("additive", subject, what, "more messages stay"),
    ];
  }
  if (before.type !== "channel" || after.type !== "channel" || before.buffer === after.buffer)
    return [];
  const what = `buffer ${before.buffer} → ${after.buffer}`;
  return [
    after.buffer < before.buffer
      ? api("breaking", subject, what, "a subscriber that is slow misses messages sooner")
      : api("additive", subject, what, "a subscriber may be slower"),
  ];
}
