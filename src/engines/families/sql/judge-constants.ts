import { fillColumn } from "../../../migrate/fill-column.ts";
import { openPlace } from "../../../migrate/fill-example.ts";
import { fillFault } from "../../../migrate/fill-fault.ts";
import type { ChangeContext, Question } from "../../../migrate/step.ts";
import type { Json } from "../../../spec/model.ts";

/** What the fields have against constants that a user gave for their columns. Expressions over the rows are left to the server. */
export function judgeConstants({ store, values }: ChangeContext): readonly Question[] {
  return Object.entries(values).flatMap(([about, text]): readonly Question[] => {
    if (text.trim() === openPlace)
      return [{ about, text: `${openPlace} is no value`, hint: "give one SQL expression" }];
    const column = fillColumn(store, about);
    const constant = constantOf(text);
    const fault =
      column === undefined || constant === undefined ? undefined : fillFault(constant, column);
    return fault === undefined ? [] : [{ about, ...fault }];
  });
}

const quoted = /^'((?:[^'\\]|'')*)'(?:\s*::\s*[a-z][a-z ]*(?:\(\d+(?:,\s*\d+)?\))?)?$/i;
const plainNumber = /^[+-]?\d+(?:\.\d+)?$/;

/** The value of an expression that is one literal, a cast of PostgreSQL behind it or not; undefined for any other. */
function constantOf(expression: string): Json | undefined {
  const text = expression.trim();
  if (/^null(?:\s*::.+)?$/i.test(text)) return null;
  if (plainNumber.test(text)) return text;
  return quoted.exec(text)?.[1]?.replaceAll("''", "'");
}
