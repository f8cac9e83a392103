import type { Step } from "../../../migrate/step.ts";
import { losesSilently } from "./convert.ts";
import type { ColumnShape } from "./shape.ts";

/** How a column gets another type. */
export interface Retyped {
  readonly from: ColumnShape;
  readonly to: ColumnShape;
  /** The user's expression that makes the new value. */
  readonly given?: string;
}

/**
 * What a change of a type loses. What the new type refuses is no loss: the rows are asked first, and the change stops. What it rounds or cuts,
 * or whatever a user's expression makes of it, is lost by up, and has to be allowed; where only the old type would do that, `down` loses what was written since.
 *
 * @param about `chapters.words`
 */
export function lossOf(
  about: string,
  { from, to, given }: Retyped,
): Pick<Step, "reversibility" | "destroys" | "removes"> {
  if (given !== undefined || losesSilently(from.type, to.type))
    return { reversibility: "loses-data", destroys: about };
  return losesSilently(to.type, from.type)
    ? { reversibility: "reversible", removes: `what is no ${from.type} in ${about}` }
    : { reversibility: "reversible" };
}
