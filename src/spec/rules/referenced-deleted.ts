import type { Problem } from "../issues.ts";
import { type Context, warning } from "./context.ts";

/**
 * References to what is only marked as deleted. The database sees the row, so the reference holds and no `onDelete` acts, while the data
 * layer answers that there is none: both are as they should be, and whoever follows the reference has to know.
 */
export function referencedDeleted({ entities }: Context): readonly Problem[] {
  return [...entities.values()].flatMap(({ name, softDelete }): readonly Problem[] => {
    if (!softDelete) return [];
    const fields = [...entities.values()].flatMap((entity) =>
      entity.fields
        .filter(({ reference }) => reference?.entity === name && entity.owner !== name)
        .map((field) => `${entity.name}.${field.name}`),
    );
    if (fields.length === 0) return [];
    return [
      warning(
        ["entities", name, "softDelete"],
        `what ${fields.join(", ")} ${fields.length === 1 ? "refers" : "refer"} to may be deleted: softDelete keeps the row of ${name}, so the reference holds, no onDelete acts, and get finds nothing`,
        `expect that where the reference is followed, or delete or change what refers to the ${name} in the same transaction; without softDelete the database keeps them together`,
        "key",
      ),
    ];
  });
}
