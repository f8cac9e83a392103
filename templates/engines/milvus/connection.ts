import type { DataError } from "../../runtime/errors.ts";
import type { OpRuntime } from "../../runtime/op.ts";
import { notBuilt } from "../../runtime/view-built.ts";
import type { MilvusChannel } from "./channel.ts";
import type { CollectionFit } from "./fit.ts";

/** What sessions and the writing side share. */
export interface MilvusConnection {
  readonly runtime: OpRuntime;
  readonly channel: MilvusChannel;
  readonly fit: CollectionFit;
}

/** `ConsistencyLevel` of common.proto. */
export const consistencyLevel = { Strong: 0, Bounded: 2 } as const;

/** The view has no collection that could answer. */
export const neverBuilt = (view: string): DataError => notBuilt(view, "has not been built");
