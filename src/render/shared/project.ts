import type { EngineDescriptor, FileRequest } from "../../engines/engine.ts";
import type { Ir, StoreIr } from "../../ir/types.ts";
import type { Output } from "../../spec/model.ts";
import type { RenderInput } from "../render.ts";
import { print } from "../document.ts";
import { lineCommentText } from "../encode.ts";
import { jsonDocument } from "../layout.ts";
import { composeFile } from "./compose-file.ts";
import { engineOf } from "./composition.ts";
import { exampleDsn } from "./example-dsn.ts";
import { extensionless, nodeCheck, projectScripts } from "./scripts.ts";
import type { Placed } from "./services.ts";
import { testVariable } from "./tests/test-variable.ts";

type Engines = ReadonlyMap<string, EngineDescriptor>;

/** Ranges of the packages that every generated project needs; a test holds them to the versions this repository runs with. */
export const sharedPackages = { "@opentelemetry/api": "^1.9.1", zod: "^4.6.7" } as const;
/** Measured: the first whose libraries have all that the generated code uses; 5.6 has no `es2024`. */
export const oldestCompiler = "5.7";

export const developmentPackages = { "@types/node": "^22.20.5", typescript: "^7.0.2" } as const;

/** The files around the data layer: package, compiler, environment, local servers. */
export function projectFiles({ ir, model }: RenderInput, engines: Engines): readonly FileRequest[] {
  const stores = ir.stores.map((store) => ({ store, engine: engineOf(store, engines) }));
  const own = (path: string, text: string): FileRequest => ({
    path,
    ownership: "yours",
    unit: "project",
    text,
  });
  return [
    own(
      "package.json",
      json(
        packageJson(
          model.project,
          ir.output.dir,
          ir.output.importExtension,
          stores.map(({ engine }) => engine),
        ),
      ),
    ),
    own("tsconfig.json", json(compilerFile(ir.output))),
    {
      path: `{data}/${nodeCheck}`,
      ownership: "generated",
      unit: "project",
      template: "shared/check-node.cjs.hbs",
      data: {},
    },
    ...(ir.output.importExtension === ""
      ? [
          {
            path: `{data}/${extensionless}`,
            ownership: "generated",
            unit: "project",
            template: "shared/extensionless.mjs.hbs",
            data: {},
          } as const,
        ]
      : []),
    own(".gitignore", "node_modules/\ndist/\n.data/\n.env\n"),
    environmentFile(stores, ir),
    ...composeFile(stores, ir),
  ];
}

const json = (value: unknown): string => `${print(jsonDocument(value))}\n`;

function packageJson(
  name: string,
  dir: string,
  extension: Output["importExtension"],
  engines: readonly EngineDescriptor[],
): unknown {
  const needed = Object.assign(
    {},
    sharedPackages,
    ...engines.flatMap(({ transports }) => transports.map(({ packages }) => packages)),
  );
  const [types, runtime] = [packagesWhere(needed, true), packagesWhere(needed, false)];
  return {
    name: name.toLowerCase(),
    version: "0.1.0",
    private: true,
    type: "module",
    scripts: projectScripts(extension, dir),
    dependencies: runtime,
    devDependencies: sorted({ ...developmentPackages, ...types }),
    engines: { node: ">=22.18.0" },
  };
}

const packagesWhere = (
  packages: Readonly<Record<string, string>>,
  types: boolean,
): Readonly<Record<string, string>> =>
  sorted(
    Object.fromEntries(
      Object.entries(packages).filter(([name]) => name.startsWith("@types/") === types),
    ),
  );

const sorted = (packages: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(packages).toSorted(([a], [b]) => (a < b ? -1 : 1)));

function compilerFile({ importExtension, dir }: Output): unknown {
  return {
    compilerOptions: compilerOptions(importExtension),
    include: [...new Set(["src", "test", dir.split("/")[0] ?? dir])],
  };
}

/** The compiler options of a new project. */
export function compilerOptions(
  importExtension: Output["importExtension"],
): Readonly<Record<string, unknown>> {
  const fromSource = importExtension !== ".js";
  return {
    target: "es2023",
    lib: ["es2024", "esnext.disposable"],
    module: importExtension === "" ? "preserve" : "nodenext",
    types: ["node"],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    isolatedModules: true,
    verbatimModuleSyntax: true,
    erasableSyntaxOnly: true,
    ...(importExtension === ".ts" ? { allowImportingTsExtensions: true } : {}),
    skipLibCheck: true,
    ...(fromSource ? { noEmit: true } : { rootDir: ".", outDir: "dist" }),
  };
}

/** `.env.example`: every variable with what it may hold. */
function environmentFile(stores: readonly Placed[], ir: Ir): FileRequest {
  const blocks = stores.flatMap(({ store, engine }) =>
    store.env === undefined
      ? []
      : [variableBlock(store, store.env, engine, exampleDsn({ store, engine }, ir) ?? "")],
  );
  return { path: ".env.example", ownership: "generated", unit: "project", text: blocks.join("\n") };
}

function variableBlock(
  store: StoreIr,
  env: string,
  { title, dsn, compose }: EngineDescriptor,
  own: string,
): string {
  const comments = [
    `Store ${store.name}: ${title}.`,
    ...dsn.schemes.map(({ scheme, meaning }) => `  ${scheme} ${meaning}`),
    ...(dsn.parameters.length === 0 ? [] : ["Parameters:"]),
    ...dsn.parameters.map(({ name, meaning }) => `  ${name}: ${meaning}`),
    ...(dsn.examples.length === 0 ? [] : ["Examples:"]),
    ...dsn.examples.map((example) => `  ${example.dsn} (${example.comment})`),
    dsn.ephemeral === undefined
      ? `Tests of this store run only with ${testVariable(env)}, a database that they may empty.`
      : `Tests run in process, or with ${testVariable(env)}, a database that they may empty.`,
    ...testExample(env, dsn.examples[0]?.dsn, compose),
  ];
  return [
    ...comments.map((text) => `# ${lineCommentText(text)}`),
    `${env}=${environmentValue(own)}`,
    "",
  ].join("\n");
}

/** The second database of the server in compose.yaml. */
function testExample(
  env: string,
  example: string | undefined,
  compose: EngineDescriptor["compose"],
): readonly string[] {
  if (example === undefined || compose === undefined || !("testDatabase" in compose)) return [];
  const { testDatabase } = compose;
  if (testDatabase === undefined) return [];
  return [`  ${testVariable(env)}=${example.replace(/\/[^/?]*(?=\?|$)/, `/${testDatabase.name}`)}`];
}

/** Quoted where an environment file would read it otherwise. */
const environmentValue = (value: string): string =>
  /^[\w:/@.?=&%+,-]*$/.test(value) ? value : `"${value.replaceAll('"', "%22")}"`;
