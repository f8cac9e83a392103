import type { EntityIr, FieldIr, Ir, StoreIr } from "../ir/types.ts";
import type { FieldType } from "../spec/model.ts";
import type { Port } from "../select/plan.ts";
import type { Capabilities } from "../select/criteria.ts";
import type { LiveEngine } from "../migrate/baseline/live.ts";
import type { RehearsalEngine } from "../migrate/rehearse/store.ts";
import type { SchemaPlanner } from "../migrate/step.ts";
import type { Ownership } from "../render/virtual-file.ts";
import type { Fault } from "../../templates/runtime/fault.ts";

/** A file an engine wants in the output tree: rendered from a template, copied byte for byte, or given as text it made itself. */
export type FileRequest = {
  /** POSIX path; `{data}/…` is the data folder, anything else is relative to the package. */
  readonly path: string;
  readonly ownership: Ownership;
  readonly unit: string;
} & (
  | { readonly template: string; readonly data: unknown }
  | { readonly verbatim: string }
  | { readonly text: string }
);

/** A file that is made only when it is wanted, and not held before: most of a tree is made of these. */
export interface DeferredRequest {
  readonly unit: string;
  readonly request: () => FileRequest;
}

/** Defers a file of the unit `entities/<Entity>`. */
export const ofEntity = (
  { name }: Pick<EntityIr, "name">,
  request: () => FileRequest,
): DeferredRequest => ({ unit: `entities/${name}`, request });

/** How a logical type is stored by an engine. */
export interface StoredType {
  /** Column type or document type as the engine's own documentation writes it. */
  readonly column: string;
  /** TypeScript type when it differs from the logical one's. */
  readonly typescript?: string;
  /** What is lost, when something is. */
  readonly lossy?: string;
}

/** DSN convention: one environment variable per store. */
export interface DsnSpec {
  /** Accepted schemes with what each means: `postgresql:` a server, `pglite:` in process. */
  readonly schemes: readonly { readonly scheme: string; readonly meaning: string }[];
  /**
   * Allowed query parameters with their meaning; anything else is refused. The value of a flag is true or false, others may be listed,
   * and beside a list a name may be allowed.
   */
  readonly parameters: readonly {
    readonly name: string;
    readonly meaning: string;
    readonly flag?: boolean;
    readonly values?: readonly string[];
    readonly orName?: boolean;
  }[];
  readonly examples: readonly { readonly dsn: string; readonly comment: string }[];
  /** The DSN that `init` writes for a machine with nothing but Node, if there is one. */
  readonly embedded?: (store: string) => string;
  /** A store that lives and ends with the process, for tests, if the engine has one. */
  readonly ephemeral?: string;
}

/** One way to reach the engine. */
export interface Transport {
  readonly name: string;
  /** npm packages the generated project needs for it, with version ranges. */
  readonly packages: Readonly<Record<string, string>>;
  readonly scheme: string;
  readonly embedded: boolean;
}

/** One setting of a local server, and why it has it. */
export interface ServerSetting {
  /** As the server's documentation writes it. */
  readonly name: string;
  readonly value: string;
  /** In a clause; it may cite the engine's card. */
  readonly reason: string;
  /** What production has in its place, in a clause; absent where it keeps the value. */
  readonly production?: string;
}

/** A setting as one server is given it: on its command line, or by variables of its environment. */
export type GivenSetting = ServerSetting &
  (
    | { readonly arguments: readonly string[] }
    | { readonly variables: Readonly<Record<string, string>> }
  );

/** A local server for development: one service of `compose.yaml`. */
export interface ComposeService {
  readonly service: string;
  readonly image: string;
  readonly port: number;
  /** Further ports, for a service of several servers. */
  readonly morePorts?: readonly number[];
  /** Besides the settings: users and databases that the image makes. */
  readonly environment: Readonly<Record<string, string>>;
  /** What the settings that are arguments follow; the image's own command where it is empty. */
  readonly command: readonly string[];
  readonly settings: readonly GivenSetting[];
  readonly healthcheck: readonly string[];
  /** The second database, for tests: statements that the image runs as its administrator when it makes the data. */
  readonly testDatabase?: { readonly name: string; readonly text: string };
  /** Folder of the image that holds the data, which a named volume keeps; absent where nothing has to last. */
  readonly data?: string;
}

/** A server that is set up as its store needs it. */
export interface ServicePerStore {
  /** Every setting that a store may have, with its values in words. */
  readonly settings: readonly ServerSetting[];
  readonly of: (store: StoreIr, ir: Ir) => ComposeService;
}

/** Whose password a DSN holds, and how it is changed; for the report. */
export interface Credentials {
  /** What is secret in the DSN. */
  readonly secret: string;
  /** The least that the application's login may do, as this engine grants it. */
  readonly role: string;
  /** How the secret is replaced while the application runs. */
  readonly rotation: string;
}

export interface EngineDescriptor {
  /** = folder name in src, templates, references, test. */
  readonly id: string;
  /** As people write it: `PostgreSQL`. */
  readonly title: string;
  /** Families whose conformance suites it must pass. */
  readonly ports: readonly Port[];
  readonly extends?: string;
  readonly capabilities: Capabilities;
  readonly types: (type: FieldType, field: FieldIr) => StoredType;
  readonly dsn: DsnSpec;
  /** Absent for an engine that is always in process. */
  readonly credentials?: Credentials;
  readonly transports: readonly Transport[];
  /** Kind and outcome of a driver's or server's error; the same code is shipped to users verbatim. */
  readonly classify: (error: unknown) => Fault;
  /** Everything the engine adds to the output tree for one store: client, adapters, migrations. */
  readonly emit: (store: StoreIr, ir: Ir) => readonly (FileRequest | DeferredRequest)[];
  /** How its stores follow a change of the spec; absent where nothing is stored that a change could break. */
  readonly schema?: SchemaPlanner;
  /** How the command line reaches a live store of it, for `migrate baseline`; loaded only then. */
  readonly live?: () => Promise<LiveEngine>;
  /** A store of it to try migrations on, for `migrate rehearse`; loaded only then. */
  readonly rehearsal?: () => Promise<RehearsalEngine>;
  /** In an ascending order null comes before every value; without it, behind. */
  readonly nullsFirst?: boolean;
  /** Its keys hold the tenant: two tenants may use one key, and neither takes the other's. */
  readonly keyPerTenant?: boolean;
  /** A sentence on which words its text search passes over, for the docstring of a search port. */
  readonly searchNote?: string;
  /** Its generated store has `transaction(work, options)`, a unit of work over the store's repositories. */
  readonly unitOfWork?: boolean;
  /** A local server for development, one for all its stores or one for each; absent for in-process engines. */
  readonly compose?: ComposeService | ServicePerStore;
  /** Problems of the Ir that this engine cannot carry (identifier too long after naming, type not storable), for exit 2. */
  readonly refuse?: (
    store: StoreIr,
  ) => readonly { readonly path: string; readonly text: string; readonly hint: string }[];
}

/** Types a descriptor where it is written. */
export function defineEngine(descriptor: EngineDescriptor): EngineDescriptor {
  return descriptor;
}
