import type { EngineDescriptor, FileRequest } from "../../engines/engine.ts";
import type { Ir, RecordMethodIr, RepositoryIr, StoreIr, ViewIr } from "../../ir/types.ts";
import type { Reference } from "../../spec/model.ts";
import { storeProperty } from "../../ir/names.ts";
import type { Doc } from "../document.ts";
import { print } from "../document.ts";
import { code, stringLiteral } from "../encode.ts";
import { ImportSet, call, importLines, objectLiteral } from "../layout.ts";
import { engineOf } from "./composition.ts";
import { listOfOne, sampleEntity } from "./sample.ts";
import type { SharedContext } from "./types.ts";

/** How many entities the example works with: enough to be seen, few enough to be read. */
const shownEntities = 4;

interface Step {
  readonly repository: RepositoryIr;
  readonly insert: RecordMethodIr;
  readonly store: StoreIr;
}

/** `src/example.ts`, the user's own from its first day: a walk over the data layer that `npm start` runs. */
export function exampleFile(
  ir: Ir,
  engines: ReadonlyMap<string, EngineDescriptor>,
  context: SharedContext,
): FileRequest {
  const layer = relativeTo(ir.output.dir);
  const imports = new ImportSet().value(`${layer}/index.ts`, "configFromEnv", "openDataLayer");
  const { lines, used, tenant } = walk(ir, engines, context);
  const run = lines.some((text) => /\$\{run\}|: run\b/.test(text));
  for (const [module, name] of used) {
    imports.value(module.startsWith("node:") ? module : `${layer}/${module}`, name);
  }
  return {
    path: "src/example.ts",
    ownership: "yours",
    unit: "project",
    template: "shared/example.ts.hbs",
    data: {
      imports: code(importLines(imports)),
      run,
      tenant: tenant === undefined ? "" : code(tenant),
      lines: lines.map((text, at) => ({
        apart: at > 0 || tenant !== undefined || run,
        text: code(text),
      })),
    },
  };
}

type Use = readonly [module: string, name: string];
const randomId: Use = ["node:crypto", "randomUUID"];

interface Walk {
  readonly lines: readonly string[];
  /** Names that they use from elsewhere. */
  readonly used: readonly Use[];
  /** The tenant that they all work in, where it is no row that they store. */
  readonly tenant?: string;
}

/** The statements. */
function walk(
  ir: Ir,
  engines: ReadonlyMap<string, EngineDescriptor>,
  context: SharedContext,
): Walk {
  const made = new Map<string, string>();
  const lines: string[] = [];
  const used: Use[] = [];
  const rows = tenantRows(ir);
  let bound = false;
  for (const { repository, insert, store } of steps(ir)) {
    const needsRow = rows !== undefined && repository.entity.tenant !== undefined;
    const row = rows === undefined ? undefined : made.get(rows.entity);
    if (needsRow && row === undefined) continue;
    const wanted: Use[] = [];
    const use = (module: string, name: string): string => {
      wanted.push([module, name]);
      return name;
    };
    const sample = sampleEntity(repository.entity, { context, made, use });
    if (sample === undefined || made.size >= shownEntities) continue;
    const unitOfWork = engineOf(store, engines).unitOfWork === true;
    const inserted = insertLine(repository, insert, store, sample, unitOfWork);
    if (needsRow && !bound) {
      lines.push(`const tenant = data.forTenant(${keyOfRow(`${row}.${rows.field}`, repository)});`);
      bound = true;
    }
    lines.push([inserted, ...readLines(repository)].join("\n  "));
    used.push(...wanted);
    made.set(repository.entity.name, repository.entity.variable);
  }
  const views = ir.stores.flatMap((store) => store.views.flatMap((view) => viewLines(view, made)));
  const alone = rows === undefined && lines.some((text) => text.includes("tenant."));
  if (!alone) return { lines: [...lines, ...views], used };
  const kinds = ir.entities.map((entity) => entity.tenant?.type.kind);
  const isNumber = !kinds.includes("uuid") && (kinds.includes("int") || kinds.includes("bigint"));
  return {
    lines: [...lines, ...views],
    used: isNumber ? used : [...used, randomId],
    tenant: `const tenant = data.forTenant(${isNumber ? stringLiteral("1") : "randomUUID()"});`,
  };
}

/** What forTenant takes is text. */
const keyOfRow = (key: string, { entity: { tenant } }: RepositoryIr): string =>
  tenant?.type.kind === "uuid" || tenant?.type.kind === "string" ? key : `String(${key})`;

/** The entity whose rows are the tenants. */
const tenantRows = ({ entities }: Ir): Reference | undefined =>
  entities.find(({ tenant }) => tenant?.source.reference !== undefined)?.tenant?.source.reference;

/** Way from `src/example.ts` to the data layer. */
function relativeTo(dir: string): string {
  if (dir === "src") return ".";
  return dir.startsWith("src/") ? `./${dir.slice("src/".length)}` : `../${dir}`;
}

/** Every repository that can insert, those first whose references come from others after them. */
function steps(ir: Ir): readonly Step[] {
  const rows = tenantRows(ir)?.entity;
  const all = ir.stores.flatMap((store) =>
    store.repositories.flatMap((repository) => {
      const insert = repository.methods.find(
        ({ method }) => method.op === "insert" || method.op === "upsert",
      );
      return insert === undefined ? [] : [{ repository, insert, store }];
    }),
  );
  const placed = new Set<string>();
  const ordered: Step[] = [];
  // Each round places what refers only to what is there; a ring of references stays unplaced and is left out.
  for (let before = -1; before !== ordered.length;) {
    before = ordered.length;
    for (const step of all) {
      if (ordered.includes(step) || !referencesMet(step.repository, placed, rows)) continue;
      ordered.push(step);
      placed.add(step.repository.entity.name);
    }
  }
  return ordered;
}

/** @param rows the entity whose rows are the tenants; one whose tenants are other rows has no place in the example */
const referencesMet = (
  { entity }: RepositoryIr,
  placed: ReadonlySet<string>,
  rows: string | undefined,
): boolean =>
  (entity.tenant === undefined || rows === undefined || placed.has(rows)) &&
  (entity.tenant?.source.reference?.entity ?? rows) === rows &&
  entity.fields.every(
    ({ source, optionalOnInsert }) =>
      source.reference === undefined || optionalOnInsert || placed.has(source.reference.entity),
  );

const handle = (repository: RepositoryIr): string =>
  repository.entity.tenant === undefined ? "data" : "tenant";

function insertLine(
  { entity }: RepositoryIr,
  { signature, method }: RecordMethodIr,
  store: StoreIr,
  sample: Doc,
  transactional: boolean,
): string {
  const bulk = (method.op === "insert" || method.op === "upsert") && method.bulk;
  const argument: Doc = bulk ? listOfOne(sample) : sample;
  const variable = bulk ? `[${entity.variable}]` : entity.variable;
  const from = entity.tenant === undefined ? "data" : "tenant";
  const text =
    transactional && entity.children.length > 0
      ? print(
          [
            `const ${variable} = await ${from}.${storeProperty(store.name)}.transaction((tx) =>\n    tx.${entity.property}.${signature.name}(`,
            argument,
            "),\n  );",
          ],
          4,
        )
      : print(
          [
            `const ${variable} = await ${from}.${entity.property}.${signature.name}(`,
            argument,
            ");",
          ],
          2,
        );
  const check = bulk
    ? `\n  if (${entity.variable} === undefined) throw new Error("nothing was stored");`
    : "";
  return `${text}${check}\n  console.log("stored", ${entity.variable});`;
}

/** The reads that one stored entity can answer: by key, and lists by its own values. */
function readLines(repository: RepositoryIr): readonly string[] {
  const { entity, methods } = repository;
  const from = `${handle(repository)}.${entity.property}`;
  return methods.flatMap(({ method, signature }) => {
    if (method.op === "get" && entity.key.length === 1) {
      const [key] = entity.key;
      return [
        logged(
          `${from}.${signature.name}`,
          call(`await ${from}.${signature.name}`, [`${entity.variable}.${key?.name ?? ""}`]),
        ),
      ];
    }
    if (method.op !== "list" || method.where.some(({ field }) => isArray(repository, field)))
      return [];
    const where = method.where.map(
      ({ field, operator }) =>
        [field, operator === "range" ? "{}" : `${entity.variable}.${field}`] as const,
    );
    if (
      method.where.some(({ field, operator }) => operator === "eq" && isNullable(repository, field))
    )
      return [];
    const filtered = method.where.length + method.optional.length > 0;
    const page = method.page === "keyset" ? ["{ limit: 10 }"] : [];
    return [
      logged(
        `${from}.${signature.name}`,
        call(`await ${from}.${signature.name}`, [
          ...(filtered ? [objectLiteral(where)] : []),
          ...page,
        ]),
      ),
    ];
  });
}

const fieldOf = ({ entity }: RepositoryIr, name: string) =>
  entity.fields.find((field) => field.name === name);
const isArray = (repository: RepositoryIr, name: string): boolean =>
  fieldOf(repository, name)?.type.kind === "array";
const isNullable = (repository: RepositoryIr, name: string): boolean =>
  fieldOf(repository, name)?.nullable === true;

function viewLines(view: ViewIr, made: ReadonlyMap<string, string>): readonly string[] {
  if (view.entity?.tenant !== undefined) return [];
  const from = `data.${view.property}`;
  if (view.port === "cache") {
    const variable = view.entity === undefined ? undefined : made.get(view.entity.name);
    const key = view.entity?.key.length === 1 ? view.entity.key[0]?.name : undefined;
    return variable === undefined || key === undefined
      ? []
      : [logged(from, call(`await ${from}.get`, [`${variable}.${key}`]))];
  }
  return view.methods.map(({ signature }) => {
    const args = signature.parameters
      .filter((one) => !one.optional)
      .map(({ name }) => viewArgument(name, view));
    return logged(`${from}.${signature.name}`, call(`await ${from}.${signature.name}`, args));
  });
}

function viewArgument(name: string, view: ViewIr): string {
  if (name === "query") return stringLiteral("example");
  if (name === "vector")
    return `new Float32Array(${view.port === "vector" ? view.dimensions : 0}).fill(0.1)`;
  return name === "page" ? "{ limit: 10 }" : "{}";
}

const logged = (what: string, value: Doc): string =>
  print([call("console.log", [stringLiteral(what), value]), ";"], 2);
