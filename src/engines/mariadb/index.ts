import { defineEngine } from "../engine.ts";
import { composeOf } from "../mysql/compose.ts";
import { twoUsers } from "../mysql/credentials.ts";
import { mariadbDialect } from "../mysql/dialect.ts";
import { engineOf } from "../mysql/engine.ts";
import { capabilities } from "./capabilities.ts";

export default defineEngine({
  ...engineOf({
    id: "mariadb",
    title: "MariaDB",
    dialect: mariadbDialect,
    capabilities,
    rotation: twoUsers,
    compose: composeOf({
      service: "mariadb",
      image: "mariadb:10.11",
      daemon: "mariadbd",
      admin: "mariadb-admin",
      prefix: "MARIADB",
      settings: [
        {
          name: "innodb-autoinc-lock-mode",
          value: "2",
          reason:
            "audited writes do not wait for one another's history rows, and do not deadlock over them (MA-09)",
          production: "2 as well, unless binlog-format is STATEMENT",
        },
      ],
    }),
  }),
  extends: "mysql",
});
