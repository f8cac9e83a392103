/**
 * OS-01: a shard of 10 to 50 GB, so 30 GB of documents of 1.5 kB. A hundredth of what Lucene can number in one (2,147,483,519).
 * The plan reckons with it too.
 */
export const shardDocuments = 20_000_000;

/** Shards of a text index for a number of documents after growth; without one, as for few. */
export const textShards = (documents = 0): number =>
  Math.max(1, Math.ceil(documents / shardDocuments));
