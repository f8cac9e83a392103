import type { EntityIr } from "../../../ir/types.ts";
import type { ChangeContext, Question } from "../../../migrate/step.ts";
import type { FieldRole } from "../../../spec/model.ts";

interface OwnedColumn {
  readonly name: string;
  readonly field: string;
  readonly role: FieldRole | "search" | "live";
  readonly type: string;
}

/** A table on both sides of a change, with the columns that stay, in their place. */
export interface OwnedTable {
  readonly part: string;
  readonly entity?: EntityIr;
  readonly historyOf?: string;
  readonly kept: readonly { readonly from: OwnedColumn; readonly to: OwnedColumn }[];
}

/**
 * An owner that gets another name would take the column of its children's keys along, and a key cannot stand under two names: code of before
 * would fail at once, for a name that nobody asked for. So it is asked about. Where the owner's own key is renamed, that is what was asked for.
 */
export function ownerKeyQuestions(
  tables: readonly OwnedTable[],
  { mode, store, values }: ChangeContext,
): readonly Question[] {
  if (mode === "direct") return [];
  const renamed = new Set(
    tables.flatMap(({ entity, kept }) =>
      kept.some(({ from, to }) => from.name !== to.name) ? [entity?.name] : [],
    ),
  );
  return tables.flatMap(({ part, entity, historyOf, kept }) => {
    const owner =
      entity?.owner === undefined
        ? undefined
        : store.entities.find(({ name }) => name === entity.owner);
    if (entity === undefined || owner === undefined || historyOf !== undefined) return [];
    if (renamed.has(owner.name)) return [];
    return kept.flatMap(({ from, to }): readonly Question[] => {
      const about = `${part}.${to.name}`;
      if (to.role !== "ownerKey" || from.name === to.name || values[about] !== undefined) return [];
      const type = entity.fields.find(({ column }) => column === to.name)?.type;
      const bound = type?.kind === "string" ? `, max: ${type.max}` : "";
      const field = `type: ${type?.kind ?? to.type}${bound}`;
      return [
        {
          about,
          text: `column ${from.name} of ${part} would be called ${to.name}, after ${owner.name}: a key cannot stand under two names, so code of before fails from then on`,
          hint: `keep its name: among the fields of ${entity.name}, ${to.field}: { ${field}, column: ${from.name} }; or rename it and deploy the new code at once: --set ${about}=${from.name}`,
        },
      ];
    });
  });
}
