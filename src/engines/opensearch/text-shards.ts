import type { EntityIr } from "../../ir/types.ts";

/** OS-01: a shard of 10 to 50 GB. */
const shardBytes = 30e9;
/** A document of texts and numbers, about. */
const documentBytes = 1_500;

/** Documents of a shard at most, a hundredth of what Lucene can number in one (2,147,483,519). The plan reckons with it. */
export const shardDocuments = shardBytes / documentBytes;

/** Documents of a shard: fewer where vectors are copied with them. Of an estimate, two digits. */
export function documentsOfShard(entity: EntityIr): number {
  const vectors = Math.round(vectorBytes(entity) / 500) * 500;
  const documents = shardBytes / (documentBytes + vectors);
  const digits = 10 ** (Math.floor(Math.log10(documents)) - 1);
  return Math.floor(documents / digits) * digits;
}

/** Bytes of a document's vectors, which are kept as base64 of single precision. Of children, whose number is not known, those of one. */
function vectorBytes({ fields, children }: EntityIr): number {
  const own = fields.map(({ type, visible }) =>
    visible && type.kind === "vector" ? 4 * Math.ceil((4 * type.dimensions) / 3) : 0,
  );
  const theirs = children.map((child) => vectorBytes(child.entity));
  return [...own, ...theirs].reduce((sum, bytes) => sum + bytes, 0);
}

/** Shards of a text index for a number of documents after growth; without one, as for few. */
export const textShards = (entity: EntityIr, documents = 0): number =>
  Math.max(1, Math.ceil(documents / documentsOfShard(entity)));
