import type { Step } from "../../../migrate/step.ts";
import { fits, isOtherKind, rounds } from "./types.ts";

/** How a column gets another type. */
export interface Retyped {
  readonly from: string;
  readonly to: string;
  /** Whether an expression of the user makes the new value. */
  readonly given?: true | undefined;
}

/**
 * What a change of a type loses. What the new type refuses, rounds or cuts is no loss: the rows are asked first, and the change stops. Where
 * every value becomes another one, or whatever a user's expression makes of it, that is lost by up and has to be allowed; where only the
 * old type would round, or is of another kind, `down` loses what was written since.
 *
 * @param about `chapters.words`
 */
export function lossOf(
  about: string,
  { from, to, given }: Retyped,
): Pick<Step, "reversibility" | "destroys" | "removes"> {
  if (given === true || fits(from, to) === "never")
    return { reversibility: "loses-data", destroys: about };
  return rounds(to, from) || isOtherKind(from, to)
    ? { reversibility: "reversible", removes: `what is no ${from} in ${about}` }
    : { reversibility: "reversible" };
}
