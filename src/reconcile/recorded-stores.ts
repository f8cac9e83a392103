import { join } from "node:path";
import { tableName } from "../ir/names.ts";
import type { Field } from "../spec/model.ts";
import { type FormerColumn, formerColumns, isType } from "./former-columns.ts";
import { nodeFileSystem } from "./file-system.ts";
import { isObject, parseRecord } from "./record.ts";
import { toolFolder } from "./paths.ts";

/** A store as the last run of `generate` left it. */
export interface RecordedStore {
  readonly name: string;
  readonly engine: string;
  /** The entities that each of its workloads holds, by kind of workload. */
  readonly workloads: readonly { readonly kind: string; readonly entities: readonly string[] }[];
}

/** The stores that a package was last generated with; a record that cannot be read is left to who repairs it. */
export function recordedStores(root: string): readonly RecordedStore[] {
  const folder = join(root, toolFolder, "stores");
  if (nodeFileSystem.stat(folder)?.kind !== "folder") return [];
  return nodeFileSystem.list(folder).flatMap((file) => {
    const name = /^(.+)\.json$/.exec(file)?.[1];
    const path = join(folder, file);
    if (name === undefined || nodeFileSystem.stat(path)?.kind !== "file") return [];
    const record = parseRecord(`stores/${name}`, nodeFileSystem.readText(path));
    return "damage" in record ? [] : storeOf(name, record.model);
  });
}

function storeOf(name: string, model: unknown): readonly RecordedStore[] {
  if (!isObject(model)) return [];
  const { engine, workloads } = model;
  if (typeof engine !== "string" || !Array.isArray(workloads)) return [];
  return [{ name, engine, workloads: workloads.flatMap(workloadOf) }];
}

function workloadOf(value: unknown): RecordedStore["workloads"] {
  if (!isObject(value)) return [];
  const { kind, entities } = value;
  if (typeof kind !== "string" || !Array.isArray(entities)) return [];
  return [{ kind, entities: entities.filter((each) => typeof each === "string") }];
}

/** The table of an entity as the last run of `generate` knew it; its usual name where that cannot be read. */
export const recordedTable = (root: string, entity: string): string =>
  recordedEntity(root, entity)?.table ?? tableName(entity);

/** An entity as the last run of `generate` left it. */
export interface RecordedEntity {
  readonly table: string;
  readonly fields: readonly { readonly source: RecordedField }[];
  /** What records may hold of fields that went before. */
  readonly former: readonly FormerColumn[];
}

type RecordedField = Pick<Field, "name" | "was" | "column" | "role" | "type">;

/** Undefined where the record cannot be read, which is left to who repairs it. */
export function recordedEntity(root: string, entity: string): RecordedEntity | undefined {
  const path = join(root, toolFolder, "entities", `${entity}.json`);
  if (nodeFileSystem.stat(path)?.kind !== "file") return undefined;
  const record = parseRecord(`entities/${entity}`, nodeFileSystem.readText(path));
  const known = "damage" in record ? undefined : record.model;
  if (!isObject(known) || !Array.isArray(known["entities"])) return undefined;
  const own: unknown = known["entities"].find((each) => isObject(each) && each["name"] === entity);
  if (!isObject(own) || !Array.isArray(own["fields"])) return undefined;
  const mapped = own["table"];
  return {
    table: tableName(entity, typeof mapped === "string" ? mapped : undefined),
    fields: own["fields"].filter(isField).map((source) => ({ source })),
    former: formerColumns(known),
  };
}

const isField = (value: unknown): value is RecordedField =>
  isObject(value) &&
  typeof value["name"] === "string" &&
  typeof value["role"] === "string" &&
  isType(value["type"]) &&
  [value["was"], value["column"]].every((name) => name === undefined || typeof name === "string");
