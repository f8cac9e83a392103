/** A session as a generated adapter declares it, and the same fields for the bare driver. */
import { int, json, present, text } from "../../../../templates/engines/redis/codec.ts";
import type {
  MethodDeclaration,
  RecordDeclaration,
  UpsertDeclaration,
} from "../../../../templates/engines/redis/record.ts";
import type { RedisSession } from "../../../../templates/engines/redis/session.ts";

export interface Session {
  readonly id: string;
  readonly userId: string;
  readonly visits: number;
  readonly data: { readonly cart: readonly string[] };
}

export const session = (id: string): Session => ({
  id,
  userId: "0197f0c4-8d1e-7a2b-9c3d-4e5f60718293",
  visits: 12,
  data: { cart: ["sku-1", "sku-2", "sku-3"] },
});

const codecs = {
  id: present("id", text(64)),
  userId: present("userId", text(64)),
  visits: present("visits", int()),
  data: present("data", json<Session["data"]>()),
};

export const columns = ["id", "user_id", "visits", "data"] as const;
export const ttlMs = 60_000;

export const encoded = (value: Session): readonly (string | null)[] => [
  codecs.id.encode(value.id),
  codecs.userId.encode(value.userId),
  codecs.visits.encode(value.visits),
  codecs.data.encode(value.data),
];

export const decoded = (row: readonly (string | null | undefined)[]): Session => ({
  id: codecs.id.decode(row[0]),
  userId: codecs.userId.decode(row[1]),
  visits: codecs.visits.decode(row[2]),
  data: codecs.data.decode(row[3]),
});

const stored: RecordDeclaration<string, Session, Session> = {
  entity: "Session",
  table: "sessions",
  columns,
  keyAt: [0],
  key: (key) => [codecs.id.encode(key) ?? ""],
  encode: encoded,
  decode: decoded,
};

const get: MethodDeclaration<string, Session, Session> = {
  operation: "sessions.get",
  effect: "read",
  of: stored,
};

const save: UpsertDeclaration<string, Session, Session> = {
  operation: "sessions.save",
  effect: "write",
  of: stored,
  ttlMs,
};

export const sessions = (records: RedisSession) => ({
  get: (id: string) => records.get(get, id),
  save: (value: Session) => records.upsert(save, value),
});
