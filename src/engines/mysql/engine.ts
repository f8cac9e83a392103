import { classify } from "../../../templates/engines/mysql/errors.ts";
import type { Capabilities } from "../../select/criteria.ts";
import type { ComposeService, EngineDescriptor } from "../engine.ts";
import { credentialsOf } from "./credentials.ts";
import type { Dialect } from "./dialect.ts";
import { dsnOf } from "./dsn.ts";
import { emit } from "./emit.ts";
import { refuse } from "./refuse.ts";
import { plannerOf } from "./schema/planner.ts";
import { storedType } from "./types.ts";

/** What one engine of the family says of itself. */
export interface Sibling {
  readonly id: string;
  readonly title: string;
  readonly dialect: Dialect;
  readonly capabilities: Capabilities;
  readonly compose: ComposeService;
  /** How a password is replaced while the application runs. */
  readonly rotation: string;
}

/** The descriptor of an engine that speaks this protocol: one dialect value is all that tells them apart. */
export const engineOf = ({
  id,
  title,
  dialect,
  capabilities,
  compose,
  rotation,
}: Sibling): EngineDescriptor => ({
  id,
  title,
  ports: ["record", "search"],
  capabilities,
  types: storedType,
  dsn: dsnOf(dialect.name),
  credentials: credentialsOf(rotation),
  transports: [
    {
      name: "mysql2",
      packages: { mysql2: "^3.23.4" },
      scheme: `${dialect.name}:`,
      embedded: false,
    },
  ],
  classify,
  nullsFirst: true,
  searchNote:
    "Words under three letters and stop words neither find nor exclude: the server's index leaves them out.",
  unitOfWork: true,
  emit: (store, ir) => emit(store, ir, dialect),
  schema: plannerOf(dialect),
  live: async () => (await import("./introspect/live.ts")).liveOf(dialect),
  rehearsal: async () => (await import("./rehearse/engine.ts")).rehearsalOf(dialect),
  refuse: (store) => refuse(store, dialect),
  compose,
});
