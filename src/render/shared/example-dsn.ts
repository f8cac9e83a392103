import type { DsnSpec } from "../../engines/engine.ts";
import type { Ir } from "../../ir/types.ts";
import { type Placed, serviceOf } from "./services.ts";

/** The DSN that a store is given on a developer's machine: in process, or its own server of compose.yaml. Undefined for a store without. */
export function exampleDsn(placed: Placed, ir: Ir): string | undefined {
  const { dsn, compose } = placed.engine;
  const example = dsn.embedded?.(placed.store.name) ?? dsn.examples[0]?.dsn;
  if (example === undefined || compose === undefined || !("of" in compose)) return example;
  return onPort(example, serviceOf(placed, ir)?.port);
}

/** What a store's DSN may look like, its own first: that is the one which messages suggest. */
export function examplesOf(placed: Placed, ir: Ir): DsnSpec["examples"] {
  const { examples } = placed.engine.dsn;
  const dsn = exampleDsn(placed, ir);
  const twin = examples.find((one) => schemeOf(one.dsn) === schemeOf(dsn));
  if (dsn === undefined || twin === undefined) return examples;
  return [{ ...twin, dsn }, ...examples.filter((one) => one !== twin)];
}

const schemeOf = (dsn: string | undefined): string | undefined => dsn?.split(":", 1)[0];

/** The example with the port of this store's own server; further hosts keep their distance to the first. */
function onPort(dsn: string, port: number | undefined): string {
  const first = /:(\d+)(?=[,/?]|$)/.exec(dsn)?.[1];
  if (port === undefined || first === undefined) return dsn;
  return dsn.replaceAll(
    /:(\d+)(?=[,/?]|$)/g,
    (_, one: string) => `:${Number(one) - Number(first) + port}`,
  );
}
