import type { Attempt } from "../../runtime/call.ts";
import type { ViewRow } from "../../runtime/view.ts";
import { part } from "./answer.ts";
import type { ViewDeclaration } from "./declaration.ts";
import { UnexpectedAnswer } from "./errors.ts";
import type { SearchConnection } from "./session.ts";
import { documentId, documentOf } from "./view-writer.ts";

/** Documents of one answer: they may be large. */
const chunk = 100;

/** Which rows an index holds exactly so, with their revisions; read by id, which is never behind. */
export async function heldRows<T>(
  { http }: SearchConnection,
  view: ViewDeclaration<T>,
  { index, rows }: { readonly index: string; readonly rows: readonly ViewRow<T>[] },
  attempt: Attempt,
): Promise<readonly boolean[]> {
  const held: boolean[] = [];
  for (let from = 0; from < rows.length; from += chunk) {
    const asked = rows.slice(from, from + chunk);
    const docs = asked.map(({ key, tenant }) => ({
      _id: documentId(key, tenant),
      ...(tenant === undefined ? {} : { routing: tenant }),
    }));
    const path = `/${encodeURIComponent(index)}/_mget`;
    const found = part(await http.send({ method: "POST", path, body: { docs } }, attempt), "docs");
    if (!Array.isArray(found) || found.length !== asked.length) throw new UnexpectedAnswer();
    asked.forEach((row, at) => held.push(isHeld(view, row, found[at])));
  }
  return held;
}

function isHeld<T>(view: ViewDeclaration<T>, row: ViewRow<T>, found: unknown): boolean {
  if (part(found, "found") !== true) return false;
  if (String(part(found, "_version")) !== String(row.revision)) return false;
  try {
    return isSame(JSON.parse(JSON.stringify(documentOf(view, row))), part(found, "_source"));
  } catch {
    // The writer says what is wrong with it.
    return false;
  }
}

/** Equal as JSON. Numbers in lists may be elements of a vector, of which an index keeps single precision. */
function isSame(one: unknown, other: unknown, listed = false): boolean {
  if (typeof one === "number" && typeof other === "number")
    return one === other || (listed && Math.fround(one) === Math.fround(other));
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null)
    return one === other;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => isSame(part(one, name), part(other, name), Array.isArray(one)))
  );
}
