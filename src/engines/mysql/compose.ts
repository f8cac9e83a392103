import type { ComposeService, ServerSetting } from "../engine.ts";

/** Sized for a machine that the development server shares. */
const settings: readonly ServerSetting[] = [
  {
    name: "innodb-buffer-pool-size",
    value: "512M",
    reason: "pages stay in memory: the default of 128 MB is for the smallest machines",
    production: "half to three quarters of the machine's memory",
  },
  {
    name: "innodb-flush-log-at-trx-commit",
    value: "1",
    reason: "an acknowledged commit is on disk (MY-07)",
  },
  {
    name: "max-connections",
    value: "300",
    reason: "room for thirty processes of ten connections beside the administrator's (MY-04)",
    production: "the pools of all processes together, and ten more",
  },
  {
    name: "character-set-server",
    value: "utf8mb4",
    reason: "every character; each table names its collation itself",
  },
  {
    name: "log-bin-trust-function-creators",
    value: "1",
    reason: "the migrator makes the triggers of the history without SUPER (MY-19)",
  },
  {
    name: "long-query-time",
    value: "0.25",
    reason: "a slow statement shows in the slow log, which says when indexes are missing",
  },
  {
    name: "slow-query-log",
    value: "1",
    reason:
      "else nothing is written there; statements stand in it with their values, so that it is as personal as the data",
  },
];

/** A development server of this family. */
export const composeOf = (server: {
  readonly service: string;
  readonly image: string;
  readonly daemon: string;
  readonly admin: string;
  readonly prefix: string;
  /** Beside those of the family. */
  readonly settings?: readonly ServerSetting[];
}): ComposeService => ({
  service: server.service,
  image: server.image,
  port: 3306,
  environment: {
    [`${server.prefix}_USER`]: "app",
    [`${server.prefix}_PASSWORD`]: "password",
    [`${server.prefix}_DATABASE`]: "app",
    [`${server.prefix}_RANDOM_ROOT_PASSWORD`]: "yes",
  },
  command: [server.daemon],
  settings: [...settings, ...(server.settings ?? [])].map((setting) => ({
    ...setting,
    arguments: [`--${setting.name}=${setting.value}`],
  })),
  healthcheck: [
    "CMD",
    server.admin,
    "ping",
    "--host=127.0.0.1",
    "--user=app",
    "--password=password",
  ],
  testDatabase: {
    name: "app_test",
    // An underscore in a grant stands for any character, so that it would take in databases of other names.
    text: "create database app_test; grant all on `app\\_test`.* to 'app'@'%';",
  },
  data: "/var/lib/mysql",
});
