/** Where a port's suite runs: every transport of every engine that claims the port, with what it takes to reach it. */
import { existsSync } from "node:fs";
import { engines } from "../../src/engines/registry.gen.ts";
import type { Port } from "../../src/select/plan.ts";
import type { GeneratedProject } from "../support/generated-project.ts";
import type { Ruled } from "../engines/contract.ts";
import { providerOf } from "../engines/registry.ts";
import { columnOf, isMissing, sharedServer } from "../engines/servers.ts";

export interface Target {
  readonly engine: string;
  /** Column of the closing table: `postgres 18.6`, `mongodb (emulator)`. */
  readonly column: string;
  /** Methods that this very server cannot show, with the reason; they count as not proven. */
  readonly gaps: Readonly<Record<string, string>>;
  /** Methods that the engine does not serve by its nature, with the reason. */
  readonly unserved: Readonly<Record<string, string>>;
  /** The spec of a suite without what the engine refuses. */
  readonly carried: (spec: string) => string;
  /** Changes a generated project so that an emulator can hold it. */
  readonly prepare: (project: GeneratedProject) => void;
  /** Asks what was written, for an emulator that enforces no rules. @param folder of the project that wrote it */
  readonly ruled?: (dsn: string, folder: string) => Promise<Ruled>;
  /** DSN of a place of its own, given the project's folder, or why there is none. */
  readonly dsn: ((folder: string) => string) | { readonly missing: string };
}

/** Every target of a port; an engine in process needs no server. */
export async function targetsOf(port: Port): Promise<readonly Target[]> {
  const claiming = engines.filter(({ ports }) => ports.includes(port));
  return (await Promise.all(claiming.map(({ id }) => engineTargets(id, port)))).flat();
}

async function engineTargets(id: string, port: Port): Promise<readonly Target[]> {
  const engine = engines.find((candidate) => candidate.id === id);
  const nature = await natureOf(id);
  const inProcess = (engine?.transports ?? [])
    .filter(({ embedded }) => embedded)
    .map(({ name, scheme }): Target => ({
      engine: id,
      column: `${id} (${name}, in process)`,
      dsn: (folder) => `${scheme}${folder}/.data`,
      ...noEmulator,
      ...nature,
    }));
  const servers = (engine?.transports ?? []).some(({ embedded }) => !embedded)
    ? [{ ...(await serverTarget(id, port)), ...nature }]
    : [];
  return [...servers, ...inProcess];
}

type Nature = Pick<Target, "unserved" | "carried">;

/** What an engine says of itself in `test/engines/<engine>/unserved.ts`; most serve everything. */
async function natureOf(id: string): Promise<Nature> {
  const file = new URL(`../engines/${id}/unserved.ts`, import.meta.url);
  if (!existsSync(file)) return { unserved: {}, carried: (spec) => spec };
  return (await import(file.href)) as Nature;
}

async function serverTarget(id: string, port: Port): Promise<Omit<Target, keyof Nature>> {
  const { needs = {} } = await providerOf(id);
  const server = await sharedServer(id, needs[port]);
  if (isMissing(server))
    return { engine: id, column: columnOf(server), ...noEmulator, dsn: { missing: server.reason } };
  const { dsn } = await server.namespace();
  return {
    engine: id,
    column: columnOf(server),
    ...(await emulatorOf(id, server.kind)),
    dsn: () => dsn,
  };
}

/** The suite's spec for one engine: this one runs, no other authority may be chosen. */
export function specFor(text: string, engine: string, port: Port): string {
  const others = engines
    .filter(({ id, ports }) => id !== engine && ports.includes(port))
    .map(({ id }) => id);
  return text.replace("ENGINE", engine).replace("OTHERS", others.join(", "));
}

interface Emulator {
  readonly gaps: Target["gaps"];
  readonly prepare: Target["prepare"];
  readonly ruled?: NonNullable<Target["ruled"]>;
}

/** What an emulator cannot show, and what it needs, as its own folder says: `test/engines/<engine>/gaps.ts`. */
async function emulatorOf(id: string, kind: string): Promise<Emulator> {
  const file = new URL(`../engines/${id}/gaps.ts`, import.meta.url);
  if (kind !== "emulator" || !existsSync(file)) return noEmulator;
  return (await import(file.href)) as Emulator;
}

const noEmulator: Emulator = { gaps: {}, prepare: () => {} };
