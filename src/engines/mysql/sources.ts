import type { Source } from "../../select/criteria.ts";

type Sources = Readonly<Record<string, Source>>;

/** What is known of InnoDB and the servers around it, MySQL and MariaDB alike. */
export const commonSources: Sources = {
  "MY-01": {
    fact: "InnoDB: 1,017 columns; 64 secondary indexes of 16 columns; a key of 3,072 bytes; a row of 65,535 bytes beside its long columns",
    source: "MySQL 8.4 manual 17.21, 10.4.7; MariaDB documentation, InnoDB Limitations",
  },
  "MY-02": {
    fact: "replication is asynchronous by default; with semi-synchronous replication a commit waits until a replica has it",
    source: "MySQL 9.7 manual, Replication; Semisynchronous Replication",
  },
  "MY-04": {
    fact: "one thread per connection; `max_connections` is 151 unless configured: 15 processes of 10 connections",
    source:
      "MySQL 9.7 manual, Connection Interfaces; Server System Variables; the quotient is derived",
  },
  "MY-06": {
    fact: "no row-level security: tenants are kept apart by predicate, view or database",
    source: "(general knowledge, verify)",
    general: true,
  },
  "MY-07": {
    fact: "InnoDB is ACID: redo log flushed at each commit by default; foreign keys, unique keys and checks are enforced",
    source:
      "MySQL 9.7 manual, InnoDB and the ACID Model; CHECK Constraints; MariaDB documentation, CONSTRAINT",
  },
  "MY-08": {
    fact: "one source takes the writes, its replicas copy from it; reads scale by replicas",
    source: "MySQL 9.7 manual, Using Replication for Scale-Out",
  },
  "MY-09": {
    fact: "a JSON column takes any document; SQL joins and queries any column ad hoc",
    source: "MySQL 9.7 manual, The JSON Data Type; JOIN Clause",
  },
  "MY-10": {
    fact: "a packet is 64 MB (MariaDB: 16 MB) unless configured; a statement, a row and a value each fit into one",
    source: "MySQL 9.7 manual, Packet Too Large; MariaDB documentation, max_allowed_packet",
  },
  "MY-11": {
    fact: "full text of InnoDB: natural and boolean mode, phrases; words as they are written, no stems, no misspellings; a generated column must be stored to be in one; compared by the column's collation",
    source: "MySQL 9.7 manual, Full-Text Search Functions; Full-Text Restrictions; CREATE INDEX",
  },
  "MY-28": {
    fact: "words under three letters, and those of the server's list of stop words, are in no full text index of InnoDB unless it is configured otherwise",
    source: "MySQL 9.7 manual, Full-Text Stopwords; Fine-Tuning MySQL Full-Text Search",
  },
  "MY-12": {
    fact: "its relevance counts in how many documents a word is, so that every insert moves it; ours counts fields that hold the words, by weight",
    source:
      "MySQL 9.7 manual, Boolean Full-Text Searches; `src/engines/mysql/statements/search.ts`",
  },
  "MY-15": {
    fact: "one server is taken as comfortable to 10,000 writes/s and, as BM-18 says of a read-heavy one, 20,000 reads/s",
    source: "(general knowledge, verify)",
    general: true,
  },
  "MY-16": {
    fact: "there is no partial index: an index holds every row",
    source: "MySQL 9.7 manual, CREATE INDEX; MariaDB documentation, CREATE INDEX",
  },
  "MY-17": {
    fact: "`on duplicate key update` strikes on whichever unique key a row meets first",
    source: "MySQL 9.7 manual, INSERT ... ON DUPLICATE KEY UPDATE",
  },
  "MY-18": {
    fact: "cascaded foreign key actions fire no triggers",
    source: "MySQL 9.7 manual, FOREIGN KEY Constraints; tried on both servers",
  },
  "MY-19": {
    fact: "creating a trigger while the binary log is on needs SUPER, or `log_bin_trust_function_creators`",
    source: "MySQL 9.7 manual, Stored Program Binary Logging",
  },
  "MY-20": {
    fact: "no single primary has shown 400,000 writes/s: 10,106 inserts/s on two shared cores with 16 connections, 32 times that on 64 cores if it scaled linearly, which it does not",
    source: "measured for this project with mysql2 on MariaDB 10.11; the product is derived",
  },
  "MY-21": {
    fact: "online DDL: what is INSTANT, what INPLACE, and what copies the table (adding a check, changing a type)",
    source:
      "MySQL 9.7 manual, Online DDL Operations; MariaDB documentation, InnoDB Online DDL; tried on both servers",
  },
  "MY-22": {
    fact: "a tablespace, so a table or partition of its own file, ends at 64 TB at the default page of 16 KB",
    source: "MySQL 8.4 manual 17.21, InnoDB Limits",
  },
  "MY-23": {
    fact: "more than 300 TB and 5.5 M queries/s on more than 50 clusters of MySQL 8, so about 6 TB and 110,000 queries/s each",
    source:
      "GitHub, Upgrading GitHub.com to MySQL 8.0, 2023, read in the report of InfoQ, February 2024; the quotients are derived",
  },
  "MY-24": {
    fact: "a managed server with a standby in another zone is promised for 99.95 % of a month; below that the provider gives credit",
    source: "AWS, Amazon RDS Service Level Agreement of January 22, 2024",
  },
  "MY-25": {
    fact: "no p99 below 1 ms is published; a network round trip alone is about 0.2 ms",
    source: "derived from BM-18 and the Redis latency guide",
  },
  "MY-26": {
    fact: "`on delete set null` empties every column of its foreign key; one that must have a value is refused",
    source: "MySQL 9.7 manual, FOREIGN KEY Constraints; tried on both servers",
  },
  "MY-27": {
    fact: "MySQL 9.7 takes a row whose own key begins like its composite reference for its own target: of a tree within a tenant the reference comes first",
    source: "tried on MySQL 9.7.4 (`test/conformance/record/tenants.test.ts`)",
  },
  "MY-29": {
    fact: "`on duplicate key update` of several rows, and `replace`, leave all but the last that they change out of the full text index; an update of many rows does not",
    source: "tried on MySQL 9.7.4 (`test/engines/mysql/given-rows.test.ts`); not so on MariaDB",
  },
  "BM-18": {
    fact: "English Wikipedia on MariaDB 5.5: 50,000 queries/s at its peak, 40,000 of them on two servers; the most frequent query at a median of 0.2 ms, p95 about 50 ms",
    source: "Wikimedia Foundation, Wikipedia adopts MariaDB, 2013",
  },
  "CO-03": {
    fact: "operating it weighs 13 points where you run it and 9 where it is managed: a point more than PostgreSQL, since online DDL, triggers beside the binary log and tenants ask for more care; MariaDB half a point more, since fewer clouds manage it",
    source: "(general knowledge, verify)",
    general: true,
  },
  "MY-A1": {
    fact: "the generated record adapter: get, list, aggregate, insert, patch, upsert, delete, increment, history; versions, soft delete, audit by triggers; every statement of an entity with tenants names the tenant",
    source: "`src/engines/mysql`, `test/conformance/record`",
  },
  "MY-A2": {
    fact: "the generated search view reads columns of the authority's own row: nothing lags behind; facets are counted in SQL, highlights and the forms of English words are the data layer's",
    source: "`src/engines/mysql`, `test/conformance/search`",
  },
  "MY-A3": {
    fact: "the generated feed gives the rows of all tenants in the order of their key, for views in other stores",
    source: "`src/engines/mysql`",
  },
};

export const mysqlSources: Sources = {
  ...commonSources,
  "MY-30": {
    fact: "a trigger whose view gives way to a table of that name takes the server with it: a session that ran the trigger ends it by signal 11 when it runs it again. Triggers never name such a view",
    source: "tried on MySQL 9.7.4 (`test/engines/mysql/schema-rows.test.ts`)",
  },
  "MY-31": {
    fact: "a default that is an expression: a column is added with it by a copy of the table; a column that is there gets it from the catalogue alone, a long text or JSON by `modify column` only, since `alter column … set default` refuses it (error 1101)",
    source:
      "MySQL 9.7 manual, Data Type Default Values; Online DDL Operations; tried on MySQL 9.7.4 (`test/engines/mysql/schema-changes.test.ts`)",
  },
  "MY-05": {
    fact: "the community server has a VECTOR type but no distance function and no vector index",
    source: "tried on MySQL 9.7.4",
  },
  "MY-13": {
    fact: "indexes over expressions",
    source: "MySQL 9.7 manual, Functional Key Parts",
  },
  "MY-14": {
    fact: "multi-valued indexes over the elements of a JSON array, read by `member of`; an element of text has at most 512 characters there, a longer one is refused with its row",
    source: "MySQL 9.7 manual, Multi-Valued Indexes; the length tried on MySQL 9.7.4",
  },
  "BM-19": {
    fact: "full text of the generated form over 100,000 documents of 60 words, 9.7.4 on two busy cores, one client, mean of six words: 52 ms, so 1,900 documents per ms and 19/s",
    source: "measured for this project",
  },
  "HO-07": {
    fact: "RDS and Aurora on AWS, Cloud SQL on Google Cloud, Azure Database for MySQL",
    source:
      "the providers' product pages: Amazon RDS for MySQL, Cloud SQL for MySQL, Azure Database for MySQL (secondary)",
  },
  "HO-13": {
    fact: "runs from packages on Linux, macOS and Windows; this repository's conformance runs start it",
    source: "`test/engines`",
  },
};

export const mariadbSources: Sources = {
  ...commonSources,
  "MA-02": {
    fact: "no index over an expression, no multi-valued index; a generated column can be indexed",
    source: "MariaDB documentation, Generated Columns; CREATE INDEX",
  },
  "MA-03": {
    fact: "JSON is LONGTEXT with a check of validity; there is no `->>`",
    source: "MariaDB documentation, JSON Data Type",
  },
  "MA-04": {
    fact: "`insert … returning` and `delete … returning`; not for an update",
    source: "MariaDB documentation, INSERT...RETURNING",
  },
  "MA-05": {
    fact: "vectors come with 11.7; 10.11, which this card was read for, has none",
    source: "MariaDB documentation, Vector Overview",
  },
  "MA-06": {
    fact: "a search that is run again as one prepared statement with other words may take rows that hold them for rows that do not; sent as text each time it is right",
    source: "tried on MariaDB 10.11.19",
  },
  "MA-07": {
    fact: "in boolean mode an exclusion that stands before what is wanted is overlooked: `-a +b` finds rows with a",
    source: "tried on MariaDB 10.11.19 (`test/conformance/search`)",
  },
  "MA-08": {
    fact: "a range of an index with a descending part may miss rows: of a list that is paged by that part some never come",
    source: "tried on MariaDB 10.11.19 (`test/engines/mariadb/descending-keys.test.ts`)",
  },
  "MA-09": {
    fact: "with `innodb_autoinc_lock_mode=1`, its default, an `insert … select` into a table with an auto-increment column, as a history's trigger makes one, locks that table until the statement ends; a deadlock over it is told as error 1467, and the whole transaction is rolled back. With 2 there is no such lock",
    source:
      "MariaDB documentation, AUTO_INCREMENT Handling in InnoDB; tried on MariaDB 10.11.19 (`test/faults/mysql-errors.test.ts`)",
  },
  "MA-10": {
    fact: "a prepared statement, or one of a trigger, that gathers rows of a view in a subquery (`json_arrayagg`) runs once in a connection; from then on it is refused with error 1140. With `group by` in the subquery it runs again",
    source: "tried on MariaDB 10.11.19 (`test/engines/mysql/both-codes.test.ts`)",
  },
  "MA-11": {
    fact: "beside an index with a virtual column in it, such as the unique key of a soft-deleting entity, a column is added, or may be empty from then on, in place while writers wait; it is dropped, or required, by a copy of the table. A new name, a default, a comment, an index or a check costs what it costs elsewhere",
    source: "tried on MariaDB 10.11.19 (`test/engines/mysql/lint-live.test.ts`)",
  },
  "MA-12": {
    fact: "a column with an expression as its default is added by the catalogue alone; with one whose value differs from row to row, such as `uuid()`, by a copy of the table",
    source: "tried on MariaDB 10.11.19 (`test/engines/mysql/lint-live.test.ts`)",
  },
  "BM-19": {
    fact: "full text of the generated form over 100,000 documents of 60 words, 10.11 on two busy cores, one client, mean of six words: 154 ms, so 650 documents per ms and 6/s",
    source: "measured for this project",
  },
  "HO-08": {
    fact: "RDS for MariaDB on AWS; Google Cloud has none, Azure's is retired",
    source:
      "the providers' product pages: Amazon RDS for MariaDB; Azure Database for MariaDB, retirement notice (secondary)",
  },
  "HO-13": {
    fact: "runs from packages on Linux, macOS and Windows; this repository's conformance runs start it",
    source: "`test/engines`",
  },
};
