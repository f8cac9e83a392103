import type { Bounds } from "./shape.ts";

/** Whether all that the one lets through, the other does. */
export function isWider(from: Bounds | undefined, to: Bounds | undefined): boolean {
  if (from === undefined || to === undefined) return false;
  const values =
    to.values === undefined || (from.values?.every((value) => to.values?.includes(value)) ?? false);
  return values && reaches(from.min, to.min, -1) && reaches(from.max, to.max, 1);
}

function reaches(
  from: number | string | undefined,
  to: number | string | undefined,
  side: 1 | -1,
): boolean {
  if (to === undefined || from === to) return true;
  return typeof from === "number" && typeof to === "number" && (to - from) * side >= 0;
}
