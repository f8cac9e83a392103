import type { EntityIr, FieldIr, StoreIr } from "../../../ir/types.ts";
import { words } from "../../../ir/words.ts";
import { ownerOf } from "./naming.ts";

/** What a table is for: the user's words, else what the spec says of it. */
export function tableComment(entity: EntityIr, store: StoreIr): string {
  const owner = ownerOf(entity, store);
  return (
    entity.comment ??
    (owner === undefined
      ? `Rows of ${entity.name}.`
      : `Part of ${owner.name}: saved and loaded with it.`)
  );
}

/** What a column is for: the user's words, else what the spec says of it. @param guard what keeps the rows of a tenant apart */
export function columnComment(field: FieldIr, guard: string): string {
  const parts = [field.source.comment ?? roleComment(field, guard) ?? typeComment(field)];
  if (field.source.pii) parts.push("Personal data.");
  return parts.join(" ");
}

function roleComment(field: FieldIr, guard: string): string | undefined {
  switch (field.source.role) {
    case "tenant":
      return `The tenant whose row it is; ${guard}.`;
    case "version":
      return "Raised by one on every change; a change that names an older one is a conflict.";
    case "createdAt":
      return "When the row was made.";
    case "updatedAt":
      return "When the row was changed last.";
    case "deletedAt":
      return "When the row was deleted; null while it is there.";
    case "ownerKey":
      return "Key of the row it is part of.";
    case "data":
      return undefined;
  }
}

function typeComment(field: FieldIr): string {
  const { reference, generated } = field.source;
  if (reference !== undefined) return `Refers to ${reference.entity}.`;
  if (field.key && field.type.kind === "uuid" && generated === "client")
    return "Key: a version 7 uuid, made by the client.";
  if (field.key) return generated === "database" ? "Key, made by the database." : "Key.";
  const noun = words(field.name).join(" ");
  const sentence = `${noun.charAt(0).toUpperCase()}${noun.slice(1)}`;
  if (field.type.kind === "enum") return `${sentence}: ${field.type.values.join(", ")}.`;
  if (field.type.kind === "string") return `${sentence}, up to ${field.type.max} characters.`;
  if (field.type.kind === "vector")
    return `${sentence}: ${field.type.dimensions} dimensions, compared by ${field.type.metric}.`;
  return `${sentence}.`;
}
