import type { Path, Problem } from "../issues.ts";
import { milliseconds } from "../quantities.ts";
import type { StructureSpec } from "../schema-structure.ts";
import { choice, quoted } from "../shown-text.ts";
import { error, type Context } from "./context.ts";

type Key = "value" | "schema" | "ttl" | "maxLength" | "buffer";

const fitting: Readonly<Record<Key, readonly StructureSpec["type"][]>> = {
  value: ["hash"],
  schema: ["hash", "stream", "channel"],
  ttl: ["hash", "sortedSet", "stream"],
  maxLength: ["stream"],
  buffer: ["channel"],
};

/** Structures belong to key-value workloads; each key fits the structure's type. */
export function structures(context: Context): readonly Problem[] {
  return context.authorities.flatMap(([name, workload]) => {
    const path = ["workloads", name];
    const declared = Object.entries(workload.structures ?? {});
    const wrongKind = workload.structures !== undefined && workload.kind !== "keyvalue";
    return [
      ...(wrongKind
        ? [
            error(
              [...path, "structures"],
              `${quoted("structures")} does not apply to kind ${workload.kind} in workload ${quoted(name)}`,
              "it belongs to keyvalue",
              "key",
            ),
          ]
        : []),
      ...(workload.tenant === true && declared.length === 0
        ? [
            error(
              [...path, "tenant"],
              `${quoted("tenant")} of workload ${quoted(name)} is about structures, and it has none`,
              "declare structures, or remove it: an entity names its tenant by a key of its own",
              "key",
            ),
          ]
        : []),
      ...(workload.entities.length === 0 && declared.length === 0 && context.complete
        ? [
            error(
              [...path, "entities"],
              `workload ${quoted(name)} lists no entity`,
              "list one; a keyvalue workload may declare structures instead",
            ),
          ]
        : []),
      ...declared.flatMap(([structure, spec]) =>
        ofStructure(structure, spec, name, [...path, "structures", structure]),
      ),
    ];
  });
}

function ofStructure(
  name: string,
  spec: StructureSpec,
  workload: string,
  path: Path,
): readonly Problem[] {
  const title = `structure ${name} of workload ${quoted(workload)}`;
  const keys = Object.keys(fitting) as readonly Key[];
  const misfits = keys
    .filter((key) => spec[key] !== undefined && !fitting[key].includes(spec.type))
    .map((key) =>
      error(
        [...path, key],
        `${quoted(key)} does not apply to a ${spec.type} in ${title}`,
        `it belongs to ${choice(fitting[key])}`,
        "key",
      ),
    );
  const plain = spec.type === "hash" && spec.value !== undefined && spec.value !== "json";
  return [
    ...misfits,
    ...(spec.ttl !== undefined && milliseconds(spec.ttl) === 0
      ? [error([...path, "ttl"], `ttl of ${title} is 0`, "give a time, or leave it out")]
      : []),
    ...(plain && spec.schema !== undefined
      ? [
          error(
            [...path, "schema"],
            `${title} holds ${spec.value}, which has no JSON Schema`,
            "remove schema, or let it hold json",
            "key",
          ),
        ]
      : []),
  ];
}
