import type { Document } from "mongodb";
import { DataError, programmingError } from "../../runtime/errors.ts";
import type { IncrementDeclaration } from "./declaration.ts";
import type { Place } from "./place.ts";
import { alter, refusal } from "./writes.ts";

/** What is sent of an amount. @throws TypeError for what the type cannot hold; DataError programming for the wrong sign */
export function amount<E, N>({ number, sign }: IncrementDeclaration<E, N>, by: N): unknown {
  const added = number.encode(by);
  const direction = number.sign(by);
  if ((sign === "positive" && direction < 0) || (sign === "negative" && direction > 0))
    throw programmingError(`by must not be ${direction < 0 ? "negative" : "positive"}`);
  return added;
}

/**
 * Adds where the sum keeps its limits: they are conditions of the same command, so that no other change comes between.
 *
 * @param added what is sent of `by`: {@link amount}
 */
export async function incremented<E, N>(
  place: Place,
  method: IncrementDeclaration<E, N>,
  key: unknown,
  by: N,
  added: unknown,
): Promise<Document> {
  const { of, property, number, nullable } = method;
  const changed = await alter(place, of, {
    key,
    when: roomFor(method, by),
    update: { $inc: { [property]: added } },
  });
  if (changed !== null) return changed;
  if (nullable === true && number.alone(by)) {
    const begun = await alter(place, of, {
      key,
      when: { [property]: null },
      update: { $set: { [property]: added } },
    });
    if (begun !== null) return begun;
  }
  throw await refusal(place, of, key, outOfLimits(property));
}

/** Without limits null alone stands in the way, to which nothing is added; an empty condition would be equality with an empty document. */
function roomFor<E, N>(
  { property, number, nullable }: IncrementDeclaration<E, N>,
  by: N,
): Document {
  const limits = number.before(by);
  if (Object.keys(limits).length > 0) return { [property]: limits };
  return nullable === true ? { [property]: { $ne: null } } : {};
}

const outOfLimits = (property: string): DataError =>
  new DataError({
    kind: "constraint",
    message: `the sum would break a limit of ${property}`,
    constraint: property,
  });
