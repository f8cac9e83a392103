import { identifier } from "../../sql/quote.ts";
import type { ColumnSpec } from "../column.ts";
import { indexedColumns, type IndexSpec, type KeyPart } from "../index-spec.ts";
import { expand } from "../recipe.ts";
import type { Hit, Rule, Scene } from "../rule.ts";
import type { Statement } from "../file.ts";

interface Written {
  readonly table: string;
  readonly index: IndexSpec;
  readonly columns: ReadonlyMap<string, ColumnSpec>;
}

/** Every index that a statement makes, with what is known of its columns. */
function writtenIndexes({ reading }: Statement, { facts }: Scene): readonly Written[] {
  if (reading.kind === "create-table") {
    const columns = new Map(reading.columns.map((column) => [column.name, column]));
    return reading.elements.flatMap((one) =>
      one.kind === "add-index" ? [{ table: reading.table, index: one.index, columns }] : [],
    );
  }
  if (reading.kind !== "alter-table") return [];
  const known = facts(reading.table)?.columns ?? new Map<string, ColumnSpec>();
  const added = reading.actions.flatMap((one) => (one.kind === "add-column" ? [one.column] : []));
  const columns = new Map([...known, ...added.map((column) => [column.name, column] as const)]);
  return reading.actions.flatMap((one) =>
    one.kind === "add-index" ? [{ table: reading.table, index: one.index, columns }] : [],
  );
}

/** Of an index of InnoDB (MY-01). */
const longestKey = 3_072;

const unlimited = /^(?:tiny|medium|long)?(?:text|blob)$|^json$/;

const bytesPerCharacter = ({ charset = "" }: ColumnSpec): number =>
  /^(?:latin1|ascii)/.test(charset) ? 1 : /^utf8(?:mb3)?(?:_|$)/.test(charset) ? 3 : 4;

/** Bytes that a column may take in an index; undefined where nothing is known. */
function partBytes({ prefix }: KeyPart, column: ColumnSpec | undefined): number | undefined {
  if (column === undefined) return undefined;
  const length = Number(column.args[0] ?? 0);
  if (column.type.endsWith("char")) return (prefix ?? length) * bytesPerCharacter(column);
  if (column.type.endsWith("text")) return (prefix ?? 0) * bytesPerCharacter(column);
  if (/binary$|blob$/.test(column.type)) return prefix ?? length;
  return fixed[column.type];
}

const fixed: Readonly<Record<string, number>> = {
  tinyint: 1,
  smallint: 2,
  mediumint: 3,
  int: 4,
  bigint: 8,
  double: 8,
  float: 4,
  date: 3,
  datetime: 8,
  timestamp: 7,
  enum: 2,
};

const shorter = (
  { table, index }: Written,
  column: string | undefined,
): readonly Hit["recipe"][number][] => [
  expand(
    `alter table ${identifier(table)} add index ${identifier(index.name || `${table}_prefix`)} (${identifier(column ?? "column")}(190)), algorithm=inplace, lock=none;`,
  ),
];

export const longIndexKey: Rule = {
  id: "long-index-key",
  severity: "error",
  covers: [],
  judge: (statement, scene) =>
    writtenIndexes(statement, scene).flatMap((written): readonly Hit[] => {
      const { index, columns } = written;
      if (index.kind === "fulltext" || index.kind === "spatial") return [];
      const whole = index.parts.find(
        ({ column = "", prefix }) =>
          prefix === undefined && unlimited.test(columns.get(column)?.type ?? ""),
      );
      if (whole !== undefined)
        return [
          {
            message: `column ${whole.column} has no limit, so its index has to say how many characters it holds: the server refuses it`,
            recipe: shorter(written, whole.column),
          },
        ];
      const bytes = index.parts.reduce(
        (sum, part) => sum + (partBytes(part, columns.get(part.column ?? "")) ?? 0),
        0,
      );
      if (bytes <= longestKey) return [];
      return [
        {
          message: `a key of this index may take ${bytes} bytes (4 for each character of utf8mb4) and ends at ${longestKey}: the server refuses it`,
          recipe: shorter(written, indexedColumns(index)[0]),
        },
      ];
    }),
};

const mostColumns = 3;

export const manyColumns: Rule = {
  id: "index-many-columns",
  severity: "warning",
  covers: ["strong:add_index_columns"],
  judge: (statement, scene) =>
    writtenIndexes(statement, scene).flatMap(({ table, index }): readonly Hit[] => {
      if (index.kind !== "plain" || index.parts.length <= mostColumns || scene.isFresh(table))
        return [];
      if (statement.reading.kind === "create-table") return [];
      const columns = indexedColumns(index).slice(0, mostColumns).map(identifier).join(", ");
      return [
        {
          message: `an index of ${index.parts.length} columns is seldom narrower than one of its first ${mostColumns}, and each write pays for it`,
          recipe: [
            expand(
              `alter table ${identifier(table)} add index ${identifier(index.name || `${table}_narrow`)} (${columns}), algorithm=inplace, lock=none;`,
            ),
          ],
        },
      ];
    }),
};
