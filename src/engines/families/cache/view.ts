import type { CacheWorkload } from "../../../spec/model.ts";
import { fileStem, typeName, viewName } from "../../../ir/names.ts";
import type { CacheViewIr, EntityIr, ParameterIr, SignatureIr } from "../../../ir/types.ts";
import { duration } from "../record/describe.ts";
import { keyParameter } from "../record/signatures.ts";

/** Where a cache lives; the source is there only for a read-through cache. */
export interface CachePlace {
  readonly store: string;
  readonly entity?: EntityIr;
  readonly sourceStore?: string;
}

/** A read-through cache over an entity, or a plain one over keys. */
export function lowerCache(
  workload: CacheWorkload,
  { store, entity, sourceStore }: CachePlace,
): CacheViewIr {
  const signatures = entity === undefined ? plain(workload) : readThrough(workload, entity);
  return {
    port: "cache",
    workload: workload.name,
    ...(workload.comment === undefined ? {} : { comment: workload.comment }),
    property: viewName(workload.name),
    typeName: typeName(workload.name),
    file: fileStem(workload.name),
    store,
    ...(entity === undefined ? {} : { entity }),
    ...(sourceStore === undefined ? {} : { sourceStore }),
    ttlMs: workload.ttlMs,
    ...(workload.memoryBytes === undefined ? {} : { memoryBytes: workload.memoryBytes }),
    eviction: workload.eviction,
    methods: signatures.map((signature) => ({
      operation: `${viewName(workload.name)}.${signature.name}`,
      signature,
    })),
  };
}

const parameter = (name: string, type: string): ParameterIr => ({ name, type, optional: false });
const options = (type: string): ParameterIr => ({ name: "options", type, optional: true });

function readThrough(workload: CacheWorkload, entity: EntityIr): readonly SignatureIr[] {
  const key = keyParameter(entity);
  return [
    {
      name: "get",
      parameters: [key, options("ReadOptions")],
      returns: `${entity.name} | undefined`,
      doc: [
        `The ${entity.name} from the cache, at most ${duration(workload.ttlMs)} old; from its repository when it is not there.`,
        "Callers that miss at once share one read; nothing read before an invalidation is kept after it.",
        `Serves: ${workload.name}.`,
      ],
    },
    {
      name: "invalidate",
      parameters: [parameter("keys", `${key.type} | readonly ${key.type}[]`)],
      returns: "void",
      doc: [
        "Forgets these keys in every process. Writes through this data layer do it by themselves.",
      ],
    },
    {
      name: "invalidateAll",
      parameters: [],
      returns: "void",
      doc: ["Forgets everything that this cache holds."],
    },
  ];
}

function plain(workload: CacheWorkload): readonly SignatureIr[] {
  const setOptions = options("{ readonly ttlMs?: number; readonly tags?: readonly string[] }");
  return [
    {
      name: "get",
      parameters: [parameter("key", "string"), options("ReadOptions")],
      returns: "Json | undefined",
      doc: [
        "The value, or undefined when it is not there or has expired.",
        `Serves: ${workload.name}.`,
      ],
    },
    {
      name: "set",
      parameters: [parameter("key", "string"), parameter("value", "Json"), setOptions],
      returns: "void",
      doc: [
        `Keeps a value for ${duration(workload.ttlMs)}, or for \`ttlMs\`, under any number of tags.`,
      ],
    },
    {
      name: "invalidate",
      parameters: [parameter("keys", "string | readonly string[]")],
      returns: "void",
      doc: ["Forgets these keys in every process."],
    },
    {
      name: "invalidateTag",
      parameters: [parameter("tag", "string")],
      returns: "void",
      doc: ["Forgets every key that was set with this tag."],
    },
    {
      name: "invalidatePattern",
      parameters: [parameter("pattern", "string")],
      returns: "void",
      doc: ["Forgets every key that fits a pattern, where `*` stands for any text: `user:*`."],
    },
  ];
}
