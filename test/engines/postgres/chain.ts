/** A chain of changes on a real server: spec, planner, files, migrator, as a project goes through them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import engine from "../../../src/engines/postgres/index.ts";
import type { Catalogue } from "../../../src/engines/postgres/introspect/catalogue.ts";
import { introspect } from "../../../src/engines/postgres/introspect/read.ts";
import { lint } from "../../../src/engines/postgres/lint/lint.ts";
import { planner } from "../../../src/engines/postgres/schema/planner.ts";
import { lower } from "../../../src/ir/lower.ts";
import type { StoreIr } from "../../../src/ir/types.ts";
import { changeFiles } from "../../../src/migrate/change-files.ts";
import { planChange, type StoreChange } from "../../../src/migrate/change.ts";
import { lintMigrations } from "../../../src/migrate/lint.ts";
import type { ChangeContext } from "../../../src/migrate/step.ts";
import { scanMigrations } from "../../../src/reconcile/scan-migrations.ts";
import type { Plan } from "../../../src/select/plan.ts";
import type { Model } from "../../../src/spec/model.ts";
import { objectDifferences, unmadeNotes } from "../../../templates/runtime/migrate-snapshot.ts";
import { migrateDownTo, migrateUp } from "../../../templates/runtime/migrate.ts";
import { readMigrations } from "../../../templates/runtime/migration-files.ts";
import type { Done, World } from "../../support/spec-changes.ts";
import type { Namespace, Server } from "../servers.ts";
import {
  columnAt,
  digestQuery,
  type Digests,
  fillValue,
  insertRows,
  rewriteSome,
} from "./chain-rows.ts";
import { type MigratedStore, openMigrated } from "./migrations.ts";

/** Everything in one store `main`. */
export function storeOf(model: Model): StoreIr {
  const plan: Plan = {
    project: model.project,
    stores: [
      {
        name: "main",
        engine: engine.id,
        env: "MAIN_URL",
        ports: ["record", "search"],
        workloads: model.workloads.map(({ name }) => name),
      },
    ],
    decisions: model.workloads.map(({ name, kind }) => ({
      workload: name,
      kind,
      port: kind === "search" ? kind : "record",
      store: "main",
      engine: engine.id,
      reasons: [],
      scores: [],
      rejected: [],
      flips: [],
      requirementsHash: "",
    })),
  };
  const [store] = lower(model, plan).stores;
  if (store === undefined) throw new Error("no store was lowered");
  return store;
}

/** How a change is made. */
export interface Follow {
  readonly mode: ChangeContext["mode"];
  /** Contract migrations run as well; otherwise those of a store in use are held, with what stands on them. */
  readonly contract: boolean;
  readonly fills?: Done["fills"];
  /** What code of before knows: it goes on writing until contract runs, beside the code of after. */
  readonly before?: Model;
}

/** What one change came to. */
export interface Applied {
  readonly destroys: readonly string[];
  /** Errors of the linter. */
  readonly findings: readonly string[];
}

/** A database with its folder of migrations. */
export class ChainProject {
  readonly #space: Namespace;
  readonly #database: MigratedStore;
  readonly #root = mkdtempSync(join(tmpdir(), "chain-"));

  private constructor(space: Namespace) {
    this.#space = space;
    this.#database = openMigrated(space.dsn);
  }

  static async open(server: Server): Promise<ChainProject> {
    return new ChainProject(await server.namespace());
  }

  /** Plans the change to this model, writes its files and applies them. @throws with the text of the migrations */
  async follow(model: Model, { mode, contract, fills, before }: Follow): Promise<Applied> {
    const store = storeOf(model);
    const filled = fills === undefined ? [] : [columnAt(store, fills.entity, fills.field)];
    const values = Object.fromEntries(filled.map((about) => [about, fillValue(store, about)]));
    const { change, context } = this.#plan({ store, project: model.project, mode, values });
    this.#write(change, context);
    try {
      const tells = change.migrations.some(({ steps }) =>
        steps.some(({ risks }) => risks.includes("breaks-old-code")),
      );
      if (before !== undefined && !tells) {
        await this.up(false);
        await this.#touch(before);
        await this.#touch(model);
      }
      await this.up(contract);
    } catch (error) {
      const texts = change.migrations.map(({ id, up }) => `-- ${id}\n${up}`);
      throw new Error(`${describe(error)}\n${texts.join("\n")}`, { cause: error });
    }
    return {
      destroys: change.migrations.flatMap(({ steps }) =>
        steps.flatMap(({ destroys }) => destroys ?? []),
      ),
      findings: mode === "split" ? await this.#lint(change) : [],
    };
  }

  async #touch(model: Model): Promise<void> {
    for (const entity of storeOf(model).entities) {
      const text = rewriteSome(entity);
      if (text !== undefined) await this.#database.rows(text);
    }
  }

  async #lint(change: StoreChange): Promise<readonly string[]> {
    const { migrations } = scanMigrations(this.#root, "main");
    const ids = change.migrations.map(({ id }) => id);
    const findings = await lintMigrations(
      lint,
      migrations,
      migrations.filter(({ id }) => ids.includes(id)),
    );
    return findings.flatMap(({ file, line, severity, rule, message }) =>
      severity === "warning" ? [] : [`${file}:${line} ${rule}: ${message}`],
    );
  }

  #plan(asked: ChangeContext): { readonly change: StoreChange; readonly context: ChangeContext } {
    const { store, values } = asked;
    const folder = scanMigrations(this.#root, store.name);
    if (folder.damaged.length > 0) throw new Error(JSON.stringify(folder.damaged));
    const first = planChange(planner, folder, { context: asked });
    if (first.questions.length === 0) return { change: first, context: asked };
    const answers = first.questions.map(({ about }) => [about, fillValue(store, about)] as const);
    const context: ChangeContext = {
      ...asked,
      values: { ...values, ...Object.fromEntries(answers) },
    };
    const change = planChange(planner, folder, { context });
    if (change.questions.length > 0)
      throw new Error(`asked again: ${JSON.stringify(change.questions)}`);
    return { change, context };
  }

  #write(change: StoreChange, context: ChangeContext): void {
    const files = changeFiles(planner, scanMigrations(this.#root, "main"), change, context);
    if (files.findings.length > 0) throw new Error(JSON.stringify(files.findings));
    for (const action of [...files.actions, ...files.records]) {
      const path = join(this.#root, action.path);
      mkdirSync(dirname(path), { recursive: true });
      if (action.kind === "remove") rmSync(path);
      else writeFileSync(path, "content" in action ? action.content : "");
    }
  }

  async up(contract: boolean): Promise<void> {
    await migrateUp(this.#target(), await this.#migrations(), { contract });
  }

  /** Takes back everything that came after the first migration. */
  async downToStart(): Promise<void> {
    const migrations = await this.#migrations();
    const first = migrations.find(({ parents }) => parents.length === 0);
    await migrateDownTo(this.#target(), migrations, {
      allowDestructive: true,
      ...(first !== undefined && { to: first.id }),
    });
  }

  /** Fills the tables of these entities. */
  async fill(world: World, model: Model, entities: readonly string[]): Promise<void> {
    const store = storeOf(model);
    for (const name of entities) {
      const entity = store.entities.find((each) => each.name === name);
      if (entity !== undefined) await this.#database.rows(insertRows(world, store, entity));
    }
  }

  async digests(world: World, model: Model): Promise<Digests> {
    const store = storeOf(model);
    const found = new Map<string, string>();
    for (const entity of store.entities) {
      for (const [id, digest] of await this.#database.rows(digestQuery(world, store, entity)))
        found.set(id ?? "", digest ?? "");
    }
    return found;
  }

  catalogue(): Promise<Catalogue> {
    return introspect((text) => this.#database.rows(text), { without: ["schema_migration"] });
  }

  /** What `migrate verify` finds otherwise than the snapshot of the spec says. */
  async unlikeSnapshot(model: Model): Promise<readonly string[]> {
    const { described } = this.#target();
    if (described?.texts === undefined) throw new Error("the engine describes nothing");
    const parts = [...planner.snapshot(storeOf(model), model.project)].map(([part, content]) => ({
      part,
      content,
    }));
    const [found, texts] = [await described.found(), await described.texts(parts)];
    const differences = parts.flatMap(({ part, content }) =>
      objectDifferences(described.wanted(part, content), found, texts),
    );
    return [
      ...differences.map(({ object, is, should }) => `${object}: is ${is}, should be ${should}`),
      ...unmadeNotes(texts),
    ];
  }

  async close(): Promise<void> {
    await this.#database.close();
    await this.#space.drop();
    if (process.env["CHAIN_KEEP"] === undefined)
      rmSync(this.#root, { recursive: true, force: true });
  }

  #target() {
    return this.#database.store.migrationTarget();
  }

  #migrations() {
    return readMigrations(join(this.#root, "migrations/main"));
  }
}

/** An error with what it was caused by. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : ` (${describe(error.cause)})`;
  return `${error.message}${cause}`;
}
