import type { EntityIr, RecordMethodIr, StoreIr } from "../../../ir/types.ts";
import type { Doc } from "../../../render/document.ts";
import { hardline, indent, print } from "../../../render/document.ts";
import { identifier, stringLiteral } from "../../../render/encode.ts";
import { arrayLiteral, call, entry, namedObject, openObject } from "../../../render/layout.ts";
import { rowLength, visibleFields } from "./row.ts";
import type { AdapterModule } from "./module.ts";
import { codecsName, rowName } from "./module.ts";
import { access, columnList, declaration, type Entry, sqlText } from "./source.ts";

/** One method that is being generated, and where. */
export interface MethodTarget {
  readonly entity: EntityIr;
  readonly store: StoreIr;
  /** Stem of the port's file. */
  readonly port: string;
  readonly module: AdapterModule;
  readonly ir: RecordMethodIr;
}

/** Whether every text of its statements has to name the tenant. */
export const isScoped = ({ entity, module }: Pick<MethodTarget, "entity" | "module">): boolean =>
  module.engine.scopes === true && entity.tenant !== undefined;

/** The key as texts, one per part: `orderCodecs.id.encode(id)`. */
export const keyTexts = (entity: EntityIr): readonly Doc[] =>
  entity.key.map((field) =>
    call(`${codecsName(entity)}${access(field.name)}.encode`, [
      entity.key.length === 1 ? "id" : `key${access(field.name)}`,
    ]),
  );

export const keyList = ({ entity }: Pick<MethodTarget, "entity">, ...more: readonly Doc[]): Doc =>
  arrayLiteral([...keyTexts(entity), ...more]);

/**
 * `session.first<Order>(get, …)`. The row's type is said: where it is inferred, the compiler goes through each argument twice, which is a
 * tenth of what it does with a repository.
 */
export const sessionCall = (method: string, row: string | undefined, args: readonly Doc[]): Doc =>
  call(`session.${method}<${row ?? "never"}>`, args);

/** `id` or `key`: the parameter that holds it. */
export const keyParameter = (entity: EntityIr): string => (entity.key.length === 1 ? "id" : "key");

/**
 * `const amend = table.patch("amend", { … });`: a statement about the entity's own rows, of which the table says whose they are. It is
 * composed of parts.
 *
 * @param method what stands after the dot in the name of its operation
 */
export function composedStatement(
  target: MethodTarget,
  maker: "dynamicRead" | "patch",
  variable: string,
  method: string,
  parts: readonly Entry[],
): string {
  const head = `const ${identifier(variable)} = `;
  return print(namedObject(head, made(target, maker), stringLiteral(method), object(parts)));
}

/** `const get = table.keyedRead("get", "select …");`: one whole text, and what else there is to say. */
export function wholeStatement(
  target: MethodTarget,
  maker: "keyedRead" | "read" | "write" | "remove",
  variable: string,
  method: string,
  text: string,
  further: readonly Entry[] = [],
): string {
  const head = `const ${identifier(variable)} = `;
  const named = [stringLiteral(method), sqlText(text)];
  const callee = made(target, maker);
  const args = further.length === 0 ? named : [...named, object(further)];
  if (text.includes("\n")) return print([head, callee, openList(args), ";"]);
  return further.length === 0
    ? print([head, call(callee, args), ";"])
    : print(namedObject(head, callee, named.map((one) => print(one)).join(", "), object(further)));
}

const object = (entries: readonly Entry[]): Doc =>
  openObject(entries.map(([key, value]) => entry(key, value)));

/** A text of several lines has its arguments one below the other. */
const openList = (args: readonly Doc[]): Doc => [
  "(",
  indent(args.map((one): Doc => [hardline, one, ","])),
  hardline,
  ")",
];

const made = (target: MethodTarget, maker: string): string =>
  `${target.module.table((variable) => tableDeclaration(target, variable))}.${maker}`;

function tableDeclaration(target: MethodTarget, variable: string): string {
  const { entity, module } = target;
  module.runtime("statement", "tableOf");
  module.domainTypes(entity.name);
  const fields = visibleFields(entity);
  return declaration(variable, `tableOf<${identifier(entity.name)}>`, [
    ["name", stringLiteral(entity.property)],
    ["collection", stringLiteral(entity.table)],
    ...(isScoped(target) ? [["scoped", "true"] as const] : []),
    ["entity", stringLiteral(entity.name)],
    ["key", columnList(entity.key.map((field) => fields.indexOf(field)))],
    ...(module.engine.loosens?.(entity) === true ? [["loose", "true"] as const] : []),
    ...(module.engine.countsColumns === true
      ? [["columns", String(rowLength(entity))] as const]
      : []),
    ["row", rowName(entity)],
  ]);
}
