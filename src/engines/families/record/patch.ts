import type { Doc } from "../../../render/document.ts";
import { stringLiteral } from "../../../render/encode.ts";
import { call, objectLiteral } from "../../../render/layout.ts";

/** A field that a patch may change: its name there, its name in the store, and its value encoded. */
export interface PatchedField {
  readonly of: string;
  readonly as: string;
  readonly value: Doc;
}

/** `changesOf(patch, { title: … })`: names that differ in the store are told, for the refusal of others. */
export function patchChanges(fields: readonly PatchedField[]): Doc {
  const changes = objectLiteral(fields.map(({ as, value }) => [as, value] as const));
  const named = fields.filter(({ of, as }) => of !== as);
  if (named.length === 0) return ["changesOf(patch, ", changes, ")"];
  const names = objectLiteral(named.map(({ of, as }) => [as, stringLiteral(of)] as const));
  return call("changesOf", ["patch", changes, names]);
}
