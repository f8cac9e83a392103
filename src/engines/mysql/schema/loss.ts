import type { Step } from "../../../migrate/step.ts";
import { fits, isOtherKind, rounds } from "./types.ts";

/**
 * What a change of a type loses. What the new type refuses, rounds or cuts is no loss: the rows are asked first, and the change stops. Where
 * every value becomes another one, that is lost by up and has to be allowed; where only the old type would round, or is of another
 * kind, `down` loses what was written since.
 *
 * @param about `chapters.words`
 */
export function lossOf(
  about: string,
  from: string,
  to: string,
): Pick<Step, "reversibility" | "destroys" | "removes"> {
  if (fits(from, to) === "never") return { reversibility: "loses-data", destroys: about };
  return rounds(to, from) || isOtherKind(from, to)
    ? { reversibility: "reversible", removes: `what is no ${from} in ${about}` }
    : { reversibility: "reversible" };
}
