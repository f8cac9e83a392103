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
    }),
  }),
  extends: "mysql",
});
