// Generated from what templates/ exports and emitters import by `npm run gen`; a test fails when it is stale.

/** Of the runtime that every project has. */
export const sharedTypeNames: readonly string[] = ["Branded","CacheStore","EntityCache","FedByChanges","Json","NearestBench","OpenedStore","Page","PageRequest","PortFilters","Range","ReadOptions","RebuildableView","RecordTests","RuntimeContext","StoreConfig","StoreHealth","TransactionOptions","ValueCache","VersionedWriteOptions","ViewFeed","ViewRow","WriteOptions"];

/** Of an engine's own, by engine: in modules of its stores. */
export const engineTypeNames: Readonly<Record<string, readonly string[]>> = {
  "mariadb": ["DynamicValues","MysqlBinding","MysqlSession","MysqlStore","RawSession","SearchTexts","Value","ValueRow"],
  "memory": ["MemoryStore"],
  "milvus": ["MilvusSession","MilvusStore","NearestDeclaration","VectorView","ViewTarget"],
  "mongodb": ["AggregateDeclaration","CollectionDeclaration","IncrementDeclaration","ListDeclaration","MethodDeclaration","MongoBinding","MongoSession","MongoStore","MongoTransactionOptions","UpsertDeclaration"],
  "mysql": ["DynamicValues","MysqlBinding","MysqlSession","MysqlStore","RawSession","SearchTexts","Value","ValueRow"],
  "opensearch": ["Counts","SearchSession","SearchStore","TargetConnection","ViewTarget"],
  "postgres": ["DynamicValues","PostgresBinding","PostgresSession","PostgresStore","RawSession","Text","TextRow"],
  "redis": ["IncrementDeclaration","MethodDeclaration","PatchDeclaration","RecordDeclaration","RedisSession","RedisStore","StructureHost","UpsertDeclaration"],
  "redis-cluster": ["IncrementDeclaration","MethodDeclaration","PatchDeclaration","RecordDeclaration","RedisSession","RedisStore","StructureHost","UpsertDeclaration"],
};
