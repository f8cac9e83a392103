import type { Capabilities, Capability } from "../../select/criteria.ts";
import { capabilities as mysql } from "../mysql/capabilities.ts";
import { mariadbSources } from "../mysql/sources.ts";

const says = (text: string, ...evidence: readonly string[]): Capability => ({ text, evidence });

const packet = {
  max: 16_777_216,
  unit: "bytes",
  ...says("a packet ends at 16 MB unless configured", "MY-10"),
} as const;

/** What MariaDB can do where it is not what MySQL can. Evidence: `references/engines/mariadb.md`. */
export const capabilities: Capabilities = {
  ...mysql,
  version: "10.11",
  ports: {
    ...mysql.ports,
    record: says(
      "tables with constraints, or JSON documents; changed online where the server can",
      "MY-07",
      "MY-09",
      "MY-21",
      "MY-A1",
      "MA-11",
      "MA-12",
    ),
    search: says(
      "full text of InnoDB in the authority's own rows; words under three letters and stop words neither find nor exclude",
      "MY-11",
      "MY-28",
      "MY-A2",
      "MA-06",
      "MA-07",
    ),
  },
  features: {
    ...mysql.features,
    "ad-hoc-queries": says("SQL over any column", "MY-09", "MA-02", "MA-08"),
    "audit-history": says(
      "a history row by trigger, whoever makes the change; a foreign key's action makes none, and is refused",
      "MY-A1",
      "MY-18",
      "MY-19",
      "MA-09",
      "MA-10",
    ),
    "operation-insert": says("insert is generated", "MY-A1", "MA-04"),
  },
  lacks: {
    ...mysql.lacks,
    "port:vector": says("vectors come with 11.7", "MA-05"),
  },
  limits: {
    ...mysql.limits,
    "search-reads-per-second": {
      comfortable: 6,
      perDoubling: 4,
      unit: "per second",
      ...says("6 queries/s measured over 100,000 documents, one client", "BM-19"),
    },
    "item-bytes": packet,
    "search-item-bytes": packet,
    "patched-item-bytes": {
      ...packet,
      comfortable: 65_536,
      perDoubling: 2,
      ...says("the data layer sends a changed JSON column as a whole", "MY-10", "MA-03", "MY-A1"),
    },
  },
  hosting: {
    "self-managed": { operation: 13.5, ...says("a server of your own", "HO-13", "CO-03") },
    aws: { operation: 9.5, ...says("RDS for MariaDB", "HO-08", "CO-03") },
  },
  textSearch: {
    documentsPerMs: 650,
    ...says("154 ms measured over 100,000 documents, taken as linear", "BM-19"),
  },
  sources: mariadbSources,
};
