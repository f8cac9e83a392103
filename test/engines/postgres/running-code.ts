/** Code of one version of a spec on a real server: its own statements, bound as its runtime binds them. */
import { randomUUID } from "node:crypto";
import type pg from "pg";
import { insertStatement } from "../../../src/engines/postgres/statements/insert.ts";
import { patchFragments } from "../../../src/engines/postgres/statements/change.ts";
import { getText } from "../../../src/engines/postgres/statements/read.ts";
import { identifier, literal } from "../../../src/engines/postgres/sql/quote.ts";
import type { EntityIr, FieldIr, StoreIr } from "../../../src/ir/types.ts";

export const tenant = "01890000-0000-7000-8000-000000000001";

type Value = string | number | boolean | null | readonly Value[];

/** @property role the one of the application, which the policies bind */
export interface Place {
  readonly client: pg.Client;
  readonly schema: string;
  readonly role: string;
}

/** Keys of the rows that one version of the code has written, by entity. */
export type Written = ReadonlyMap<string, readonly Value[]>;

export class RunningCode {
  readonly #store: StoreIr;
  readonly #place: Place;

  constructor(store: StoreIr, place: Place) {
    this.#store = store;
    this.#place = place;
  }

  /** One row of each entity with its children, what they refer to first. */
  async insert(): Promise<Written> {
    const written = new Map<string, readonly Value[]>();
    for (const entity of this.#inOrder())
      written.set(entity.name, await this.#inserted(entity, written));
    return written;
  }

  /** Writes one field of each of these rows anew. @throws Error when one is not found */
  async patch(written: Written): Promise<void> {
    for (const [entity, key] of this.#known(written)) {
      const field = entity.fields.find((each) => isPatched(each));
      if (field === undefined) continue;
      const method = { op: "patch", name: "change", fields: [field.name] } as const;
      const { update, sets, always, where, returning } = patchFragments(entity, method);
      const own = sets.map(({ text }) => text.replace("{0}", `$${key.length + 1}`));
      const text = `${update}\nset ${[...own, ...always].join(", ")}\nwhere ${where.join(" and ")}\nreturning ${returning}`;
      await this.#one(entity, text, [...key, valueOf(field)], "patched");
    }
  }

  /** Reads these rows by their keys. @throws Error when one is not found, or has no value where one is required */
  async read(written: Written): Promise<void> {
    for (const [entity, key] of this.#known(written))
      complete(entity, await this.#one(entity, getText(entity), key, "read"));
  }

  /**
   * Reads rows that other code has written, as far as this code sees them.
   *
   * @param by what that code may leave empty in a field of both, this code does not read: that is what its spec says
   * @throws Error when one has no value where one is required
   */
  async readSeen(written: Written, by: StoreIr): Promise<void> {
    for (const [entity, key] of this.#known(written)) {
      const [row] = await this.#all(entity, getText(entity), key, "read");
      const fields = by.entities.find(({ name }) => name === entity.name)?.fields ?? [];
      const open = fields.filter(({ nullable }) => nullable).map(({ name }) => name);
      if (row !== undefined) complete(entity, row, new Set(open));
    }
  }

  async #inserted(entity: EntityIr, written: Written): Promise<readonly Value[]> {
    const method = { op: "insert", name: "add", bulk: false } as const;
    const { text, with: members, fields, children } = insertStatement(entity, method);
    const values = new Map(fields.map((field) => [field.name, this.#referred(field, written)]));
    const given = [
      ...fields.map((field) => values.get(field.name) ?? null),
      ...children.flatMap((child) => child.fields.map((field) => [this.#referred(field, written)])),
    ];
    const all = members.length === 0 ? text : `with ${members.join(",\n")}\n${text}`;
    const row = await this.#one(entity, all, given, "inserted");
    return entity.key.map((field) => values.get(field.name) ?? String(row[field.column]));
  }

  /** Of what it refers to the value of the key's field that it holds. */
  #referred(field: FieldIr, written: Written): Value {
    const { reference } = field.source;
    if (reference === undefined) return valueOf(field);
    const target = this.#store.entities.find(({ name }) => name === reference.entity);
    const at = target?.key.findIndex(({ name }) => name === reference.field) ?? -1;
    return written.get(reference.entity)?.[at] ?? null;
  }

  #inOrder(): readonly EntityIr[] {
    const open = new Set(this.#store.entities.filter(({ owner }) => owner === undefined));
    const order: EntityIr[] = [];
    while (open.size > 0) {
      const next =
        [...open].find(
          (each) => ![...open].some((other) => other !== each && needs(each, other)),
        ) ?? [...open][0];
      if (next === undefined) break;
      open.delete(next);
      order.push(next);
    }
    return order;
  }

  #known(written: Written): readonly (readonly [EntityIr, readonly Value[]])[] {
    return this.#store.entities.flatMap((entity) => {
      const key = written.get(entity.name);
      // A key of another shape names no row of this code.
      return key?.length === entity.key.length ? [[entity, key] as const] : [];
    });
  }

  async #one(
    entity: EntityIr,
    text: string,
    values: readonly Value[],
    what: string,
  ): Promise<Readonly<Record<string, unknown>>> {
    const rows = await this.#all(entity, text, values, what);
    if (rows.length !== 1)
      throw new Error(`a row of ${entity.name} is not ${what}: ${rows.length} rows\n${text}`);
    return rows[0] ?? {};
  }

  async #all(
    entity: EntityIr,
    text: string,
    values: readonly Value[],
    what: string,
  ): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const { client, schema, role } = this.#place;
    const bound = entity.tenant === undefined ? "" : tenant;
    await client.query(
      `begin; ${this.#store.tenantScoped ? `set local role ${identifier(role)};` : ""} set local search_path to ${identifier(schema)}, public; set local app.current_tenant = ${literal(bound)}`,
    );
    try {
      const { rows } = await client.query<Record<string, unknown>>(text, [...values]);
      await client.query("commit");
      return rows;
    } catch (error) {
      await client.query("rollback");
      throw new Error(`a row of ${entity.name} is not ${what}: ${String(error)}\n${text}`, {
        cause: error,
      });
    }
  }
}

/** As codecs read it. @throws Error when a required field has no value */
function complete(
  entity: EntityIr,
  row: Readonly<Record<string, unknown>>,
  open: ReadonlySet<string> = new Set(),
): void {
  const empty = entity.fields.find(
    ({ name, column, nullable }) => !nullable && !open.has(name) && row[column] === null,
  );
  if (empty !== undefined)
    throw new Error(`a row of ${entity.name} has null in ${empty.name}, which is required`);
}

const needs = (entity: EntityIr, other: EntityIr): boolean =>
  entity.fields.some(
    ({ nullable, source }) => !nullable && source.reference?.entity === other.name,
  );

const isPatched = ({ key, managed, source }: FieldIr): boolean =>
  !key && !managed && source.reference === undefined && source.role === "data";

let made = 0;

/** A value that the field's own rules let through, another one each time where a column may be unique. */
function valueOf({ type, nullable, source: { max, min } }: FieldIr): Value {
  made += 1;
  // It may come to refer to something.
  if (type.kind === "uuid" && nullable) return null;
  switch (type.kind) {
    case "uuid":
      return randomUUID();
    case "string":
    case "text":
      return `w${made}`;
    case "int":
    case "bigint":
    case "decimal":
    case "float":
      return Math.min(Number(max ?? 2_000_000), Number(min ?? 0) + made);
    case "boolean":
      return true;
    case "date":
      return "2026-01-01";
    case "timestamp":
      return "2026-01-01T00:00:00Z";
    case "json":
      return '{"n": 1}';
    case "binary":
      return "\\x00";
    case "enum":
      return type.values[0] ?? "";
    case "array":
      return ["a"];
    case "vector":
      return `[${Array.from({ length: type.dimensions }, () => "0.5").join(",")}]`;
  }
}
