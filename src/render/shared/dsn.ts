import type { DsnSpec, FileRequest } from "../../engines/engine.ts";
import type { Ir, StoreIr } from "../../ir/types.ts";
import { print } from "../document.ts";
import { code, identifier, stringLiteral } from "../encode.ts";
import { arrayLiteral, objectLiteral } from "../layout.ts";
import { examplesOf } from "./example-dsn.ts";
import type { Placed } from "./services.ts";

/** `mainDsn` */
export const dsnRulesName = (store: StoreIr): string =>
  identifier(`${store.typePrefix.charAt(0).toLowerCase()}${store.typePrefix.slice(1)}Dsn`);

/** `stores/main/dsn.ts`: what a store accepts as DSN; absent for a store that has none. */
export function dsnFile(placed: Placed, ir: Ir): readonly FileRequest[] {
  const { store, engine } = placed;
  if (store.env === undefined) return [];
  const examples = examplesOf(placed, ir);
  const parameters = engine.dsn.parameters.map((one) => ({
    meaning: one.meaning,
    line: code(parameterLine(one)),
  }));
  const embedded = new Set(engine.transports.flatMap((one) => (one.embedded ? [one.scheme] : [])));
  const schemes = engine.dsn.schemes.map((one) => ({ ...one, embedded: embedded.has(one.scheme) }));
  return [
    {
      path: `{data}/stores/${store.name}/dsn.ts`,
      ownership: "generated",
      unit: `stores/${store.name}`,
      template: "shared/dsn.ts.hbs",
      data: { name: dsnRulesName(store), variable: store.env, schemes, parameters, examples },
    },
  ];
}

/** `    { name: "tls", flag: true },` */
function parameterLine({ name, flag, values, orName }: DsnSpec["parameters"][number]): string {
  const rule = objectLiteral([
    ["name", stringLiteral(name)],
    ...(flag === true ? [["flag", "true"] as const] : []),
    ...(values === undefined ? [] : [["values", arrayLiteral(values.map(stringLiteral))] as const]),
    ...(orName === true ? [["orName", "true"] as const] : []),
  ]);
  return print(["    ", rule, ","], 4);
}
