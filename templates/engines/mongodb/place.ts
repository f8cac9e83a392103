import {
  type ClientSession,
  type Collection,
  type Db,
  Decimal128,
  type Document,
  Long,
} from "mongodb";
import { plainDecimal } from "./codec-decimal.ts";
import { Commands } from "./commands.ts";
import type { CollectionDeclaration } from "./declaration.ts";
import { programmingError } from "../../runtime/errors.ts";

/** A connected database. The driver resolves all options anew for each collection object, so one is kept per name. */
export class Collections {
  readonly database: Db;
  readonly commands: Commands;
  readonly #known = new Map<string, Collection>();

  constructor(database: Db) {
    this.database = database;
    this.commands = new Commands(database);
  }

  of(name: string): Collection {
    let known = this.#known.get(name);
    if (known === undefined) this.#known.set(name, (known = this.database.collection(name)));
    return known;
  }
}

/** Options of every command. */
export interface CommandLimits {
  readonly session?: ClientSession;
  /** Of a read in a session that is no transaction; otherwise the client's. */
  readonly readConcern?: { readonly level: "snapshot" };
  /** The server stops by itself when the caller's deadline has passed. */
  readonly maxTimeMS?: number;
  /** For a call whose deadline is longer than the store's; read by the driver's connection. */
  readonly socketTimeoutMS?: number;
}

/** Where one attempt of a call runs. */
export interface Place {
  readonly collections: Collections;
  readonly limits: CommandLimits;
  /** Of the session: undefined where it is bound to none. */
  readonly tenant: string | undefined;
}

type Of = Pick<CollectionDeclaration<unknown>, "collection" | "tenant" | "deletedAt" | "expiresAt">;

/** The filter of what this session may see: its tenant's documents that are neither deleted nor expired. */
export function seen(place: Place, of: Of, filter: Document): Document {
  const own = owned(place, of, filter);
  const alive = of.deletedAt === undefined ? own : { ...own, [of.deletedAt]: null };
  return of.expiresAt === undefined ? alive : { $and: [alive, unexpired(of.expiresAt)] };
}

/** The filter within the tenant, whatever became of the documents. */
export function owned({ tenant }: Place, of: Of, filter: Document): Document {
  if (of.tenant === undefined) return filter;
  return { ...filter, [of.tenant.property]: of.tenant.encode(boundTenant(tenant, of)) };
}

/** The TTL monitor removes a document up to a minute late. Source: MongoDB manual, "TTL Indexes". */
const unexpired = (property: string): Document => ({
  $or: [{ [property]: null }, { [property]: { $gt: new Date() } }],
});

/** @throws DataError programming on the root */
export function boundTenant(tenant: string | undefined, { collection }: Of): string {
  if (tenant !== undefined) return tenant;
  throw programmingError(`${collection}: belongs to a tenant; call it on forTenant(id)`);
}

/**
 * What tells keys apart as the server does: a number is the same whatever type another writer gave it.
 * Source: MongoDB manual, "Comparison/Sort Order", "Numeric Types".
 */
export const keyText = (key: unknown): string => JSON.stringify(byValue(key));

function byValue(part: unknown): unknown {
  if (typeof part === "number" || part instanceof Long || part instanceof Decimal128)
    return plainDecimal(String(part))
      .replace(/(\.\d*?)0+$/, "$1")
      .replace(/\.$/, "");
  if (typeof part !== "object" || part === null || part instanceof Date) return part;
  return Object.entries(part).map(([name, value]) => [name, byValue(value)]);
}
