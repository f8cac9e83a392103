/** What differs between MySQL and MariaDB in what this engine writes; everything else is common to both. */
export interface Dialect {
  /** As the runtime's `openMysql` takes it. */
  readonly name: "mysql" | "mariadb";
  /** Exact equality by code point, trailing blanks count: MY-15. */
  readonly collation: string;
  /** Of the columns that are searched: case and accents do not count. */
  readonly searchCollation: string;
  /** `insert … returning` and `delete … returning`: MA-04. */
  readonly returning: boolean;
  /** `on duplicate key update` of several rows leaves each in the full text index: MY-29. */
  readonly findsReplaced: boolean;
  /** `create or replace trigger`: the table is never without it. */
  readonly replacesTriggers: boolean;
  /** An index over an expression: MY-13. */
  readonly expressionIndexes: boolean;
  /** An element of a JSON array is found by an index on its elements: MY-14. */
  readonly elementIndexes: boolean;
  /** A key part that descends, from which no row is missing: MA-08. */
  readonly descendingKeys: boolean;
  /** A prepared statement that gathers rows of a view runs again: MA-10. */
  readonly gathersViews: boolean;
  /** Columns change beside writers though an index holds a virtual one: MA-11. */
  readonly indexedVirtualOnline: boolean;
  /** A column with an expression for its default is the catalogue's alone: MA-12. */
  readonly expressionDefaultsOnline: boolean;
  /** A check may stand within a column's definition; a change of the column that does not repeat it drops it (tried on 10.11). */
  readonly columnChecks: boolean;
}

export const mysqlDialect: Dialect = {
  name: "mysql",
  collation: "utf8mb4_0900_bin",
  searchCollation: "utf8mb4_0900_ai_ci",
  returning: false,
  findsReplaced: false,
  replacesTriggers: false,
  expressionIndexes: true,
  elementIndexes: true,
  descendingKeys: true,
  gathersViews: true,
  indexedVirtualOnline: true,
  expressionDefaultsOnline: false,
  columnChecks: false,
};

export const mariadbDialect: Dialect = {
  name: "mariadb",
  collation: "utf8mb4_nopad_bin",
  searchCollation: "utf8mb4_uca1400_ai_ci",
  returning: true,
  findsReplaced: true,
  replacesTriggers: true,
  expressionIndexes: false,
  elementIndexes: false,
  descendingKeys: false,
  gathersViews: false,
  indexedVirtualOnline: false,
  expressionDefaultsOnline: true,
  columnChecks: true,
};
