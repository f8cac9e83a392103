import type { MethodSpec } from "../../spec/schema-access.ts";
import type { EntitySpec } from "../../spec/schema-entity.ts";

/** A table of a live schema as an entity of the spec. */
export interface AdoptedEntity {
  readonly name: string;
  readonly spec: EntitySpec;
  /** Methods of its repository; empty where there is nothing that a method could do. */
  readonly access: Readonly<Record<string, MethodSpec>>;
  /** What the table has and the spec has no word for: it stays in the database. */
  readonly notes: readonly string[];
  /** The same, by field. */
  readonly fieldNotes: Readonly<Record<string, string>>;
  /** What the data layer cannot do with its rows though the table is an entity; told where the spec is made, too. */
  readonly cautions: readonly string[];
}

/** A live schema as the spec says it. */
export interface AdoptedSchema {
  readonly entities: readonly AdoptedEntity[];
  /** Objects that belong to no entity and stay in the database: views, functions, sequences. */
  readonly notes: readonly string[];
}
