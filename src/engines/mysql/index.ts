import { defineEngine } from "../engine.ts";
import { capabilities } from "./capabilities.ts";
import { composeOf } from "./compose.ts";
import { twoPasswords } from "./credentials.ts";
import { mysqlDialect } from "./dialect.ts";
import { engineOf } from "./engine.ts";

export default defineEngine(
  engineOf({
    id: "mysql",
    title: "MySQL",
    dialect: mysqlDialect,
    capabilities,
    rotation: twoPasswords,
    compose: composeOf({
      service: "mysql",
      image: "mysql:9.7",
      daemon: "mysqld",
      admin: "mysqladmin",
      prefix: "MYSQL",
    }),
  }),
);
