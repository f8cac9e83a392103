import { sameTest } from "./assess.ts";
import type { Row } from "./cost-table.ts";
import type { Quantity } from "./quantity.ts";
import type { Requirement } from "./requirement.ts";

/**
 * What a search for the turns of a quantity hangs on, as text: equal questions have equal answers. Of a requirement that the quantity
 * moves it holds what is asked at three values, for that is a product or a maximum of figures; of every other one it holds only how the
 * engines answer, so that workloads share a question whose other figures differ and strain nobody.
 *
 * @param rows what the workloads in reach ask at a value of the quantity
 * @param workload the one whose engine is watched
 */
export function questionOf(
  { about, start, min, max }: Quantity,
  rows: (value: number) => readonly Row[],
  workload: string,
): string {
  const [at, below, above] = [rows(start), rows(min), rows(max)];
  const parts = at.map((row, place) => {
    const others = [below[place], above[place]];
    const hard = row.requirements.hard.map((requirement, index) => {
      const asked = [
        requirement,
        ...others.map((other) => other?.requirements.hard[index] ?? requirement),
      ];
      return asked.every((each) => isSame(each, requirement))
        ? answers(row, index)
        : asked.map(({ id, test }) => `${id} ${JSON.stringify(test)}`).join(" ");
    });
    const wishes = row.requirements.wishes.map(({ feature, weight }) => `${feature} ${weight}`);
    const watched = row.workload.name === workload ? "watched " : "";
    return `${watched}${row.workload.kind} ${hard.join("; ")}; ${wishes.join("; ")}`;
  });
  return `${about} ${start} ${parts.join("\n")}`;
}

const isSame = (a: Requirement, b: Requirement): boolean =>
  a.id === b.id && sameTest(a.test, b.test);

function answers({ requirements, assessments }: Row, at: number): string {
  const each = assessments.map(({ verdicts }) => {
    const verdict = verdicts[at];
    return verdict?.met === true ? verdict.strain : "no";
  });
  return `${requirements.hard[at]?.id} ${each.join(",")}`;
}
