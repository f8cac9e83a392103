import type { Attempt } from "../../runtime/call.ts";
import { part } from "./answer.ts";
import type { Answer, HttpClient } from "./client.ts";
import { typeOf } from "./errors.ts";

/**
 * The data layer's own index: the ledger and lock of migrations, and how far each view has been filled. Each is one document that is read
 * by its id (which is never behind) and written on the condition that nobody else wrote it since.
 */

/** A document with what a conditional write needs. */
export interface Held<T> {
  readonly value: T;
  readonly seqNo: string;
  readonly primaryTerm: string;
}

export class StateIndex {
  readonly #http: HttpClient;
  readonly #index: string;

  constructor(http: HttpClient, index: string) {
    this.#http = http;
    this.#index = index;
  }

  /** Undefined when there is no such document, or no index yet. */
  async read<T extends object>(id: string, attempt: Attempt): Promise<Held<T> | undefined> {
    try {
      const found = await this.#http.send({ method: "GET", path: this.#path(id) }, attempt);
      return heldOf<T>(found);
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }

  /**
   * Writes a document when it is as it was read, or not there when `was` is undefined.
   *
   * @returns false when somebody else was faster
   */
  async write(
    id: string,
    value: object,
    was: Held<object> | undefined,
    attempt: Attempt,
  ): Promise<boolean> {
    try {
      await this.#http.send(
        { method: "PUT", path: this.#path(id), query: conditionOf(was), body: { value } },
        attempt,
      );
      return true;
    } catch (error) {
      if (typeOf(error) === "version_conflict_engine_exception") return false;
      throw error;
    }
  }

  /** Removes a document when it is as it was read. */
  async remove(id: string, was: Held<object>, attempt: Attempt): Promise<void> {
    try {
      await this.#http.send(
        { method: "DELETE", path: this.#path(id), query: conditionOf(was) },
        attempt,
      );
    } catch (error) {
      if (!isAbsent(error) && typeOf(error) !== "version_conflict_engine_exception") throw error;
    }
  }

  /** Makes the index; its documents are kept, not searched. */
  async create(attempt: Attempt): Promise<void> {
    const body = {
      settings: { "index.number_of_shards": 1, "index.auto_expand_replicas": "0-1" },
      mappings: { dynamic: false, properties: {} },
    };
    try {
      await this.#http.send(
        { method: "PUT", path: `/${encodeURIComponent(this.#index)}`, body },
        attempt,
      );
    } catch (error) {
      if (typeOf(error) !== "resource_already_exists_exception") throw error;
    }
  }

  #path(id: string): string {
    return `/${encodeURIComponent(this.#index)}/_doc/${encodeURIComponent(id)}`;
  }
}

const conditionOf = (was: Held<object> | undefined): Readonly<Record<string, string>> =>
  was === undefined
    ? { op_type: "create" }
    : { if_seq_no: was.seqNo, if_primary_term: was.primaryTerm };

function heldOf<T extends object>(found: Answer): Held<T> {
  return {
    // This class wrote it.
    value: part(found, "_source", "value") as T,
    seqNo: String(part(found, "_seq_no")),
    primaryTerm: String(part(found, "_primary_term")),
  };
}

/** A 404 without an error's type is a document that is not there. */
export function isAbsent(error: unknown): boolean {
  const type = typeOf(error);
  if (type === "index_not_found_exception" || type === "resource_not_found_exception") return true;
  return type === undefined && part(error, "meta", "statusCode") === 404;
}
