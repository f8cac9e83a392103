import type { AdapterRuntime } from "../../families/sql/runtime.ts";
import { isLoose } from "../statements/given.ts";
import { comparedDigits } from "../types.ts";

/** What generated adapters of MySQL and MariaDB import. */
export const mysqlRuntime: AdapterRuntime = {
  folder: "mysql",
  session: "MysqlSession",
  row: "ValueRow",
  value: "Value",
  pick: "valuesOf",
  mappedViews: ["search"],
  scopes: true,
  orderedChildren: true,
  comparedDigits,
  loosens: ({ key }) => key.some(isLoose),
};
