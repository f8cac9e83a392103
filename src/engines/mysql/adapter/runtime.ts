import { type AdapterRuntime, commonNames } from "../../families/sql/runtime.ts";

/** What generated adapters of MySQL and MariaDB import. */
export const mysqlRuntime: AdapterRuntime = {
  folder: "mysql",
  session: "MysqlSession",
  row: "ValueRow",
  value: "Value",
  pick: "valuesOf",
  uuid: "uuid",
  scopes: true,
  orderedChildren: true,
  importable: [
    ...commonNames,
    ..."brandedUuid distinctRows highlightList highlightPage inOrder recordedRow rowsOf searchTexts uuid valuesOf".split(
      " ",
    ),
  ],
};
