/**
 * Names of database products as people write them in a list of what they run. One that no engine here bears is no slip of a name that is
 * close to it: `mssql` is not `mysql`.
 */
export const otherProducts: ReadonlySet<string> = new Set(
  `arangodb aurora azuresql bigquery cassandra chroma clickhouse cockroachdb cosmosdb couchbase couchdb db2 derby dgraph dragonfly druid
  duckdb dynamodb elasticsearch etcd firebird firestore greenplum h2 hbase hsqldb influxdb informix keydb libsql meilisearch memcached
  memgraph mssql neo4j neon oracle percona pinecone planetscale qdrant questdb ravendb redshift rethinkdb riak rocksdb scylladb
  singlestore snowflake solr sqlite sqlserver supabase surrealdb sybase tarantool teradata tidb timescaledb turso typesense valkey
  vertica voltdb weaviate yugabytedb`.split(/\s+/),
);
